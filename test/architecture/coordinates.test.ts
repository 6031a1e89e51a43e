import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ACTION, COORDINATES, HOME_PAGE } from "../../packages/core/src/index.ts";
import { ROOT } from "./imports.ts";

const { owner, repository } = COORDINATES;
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Files that cannot read the coordinates, and what each must say. */
const TEXTS: [path: string, said: string][] = [
  ["action/examples/aicd.yml", `uses: ${ACTION}`],
  ["action/examples/standalone.yml", `uses: ${ACTION}`],
  ["packages/cli/example/repository/.github/workflows/aicd.yml", `uses: ${ACTION}`],
  ["action/README.md", `uses: ${ACTION}`],
  [".github/zizmor.yml", `"${owner}/${repository}": ref-pin`],
  ["packages/cli/package.json", `"name": "${COORDINATES.commandLine}"`],
  ["packages/sdk/package.json", `"name": "${COORDINATES.sdk}"`],
  ["packages/cli/package.json", `"url": "git+${HOME_PAGE}.git"`],
  ["packages/sdk/package.json", `"url": "git+${HOME_PAGE}.git"`],
];

it.each(TEXTS)("%s says %s, as packages/core/src/coordinates.ts does", (path, said) => {
  expect(read(path)).toContain(said);
});

it("no workflow or example names the Action in another way", () => {
  const folders = [".github/workflows", "action/examples"];
  const texts = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => read(join(folder, name))),
  );
  const uses = texts.flatMap((text) => [...text.matchAll(/uses:\s*(\S+)/g)].map(([, name = ""]) => name));

  expect(uses.filter((name) => /ai-?cd/i.test(name) && name !== ACTION)).toEqual([]);
  expect(uses).toContain(ACTION);
});

it("what is released has one version, and its users can read what is new in it", () => {
  const paths = ["package.json", "packages/cli/package.json", "packages/sdk/package.json"];
  const versions = new Set(paths.map((path) => JSON.parse(read(path)).version));

  expect([...versions]).toHaveLength(1);
  expect(read(".github/CHANGELOG.md")).toContain(`\n## ${[...versions][0]}\n`);
  expect(`v${[...versions][0]}`.split(".")[0]).toBe(COORDINATES.major);
});
