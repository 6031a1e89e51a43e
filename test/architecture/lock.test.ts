import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./imports.ts";

type Entry = { link?: boolean; integrity?: string; engines?: unknown; optionalDependencies?: object };

const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
  packages: Record<string, Entry>;
};
const installed = Object.entries(lock.packages).filter(
  ([path, entry]) => path.includes("node_modules/") && !entry.link,
);

test("every package of the lock file has a checksum; `npm run lock` adds what npm left out", () => {
  expect(installed.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([]);
});

test("no package of the lock file asks for another Node than the pinned one; `npm run lock` mends it", () => {
  expect(installed.filter(([, entry]) => entry.engines !== undefined).map(([path]) => path)).toEqual([]);
});

test("what a package offers for each platform is in the lock file, whatever platform wrote it", () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in lock.packages || `${path}/node_modules/${name}` in lock.packages),
    ),
  );

  expect(missing).toEqual([]);
});
