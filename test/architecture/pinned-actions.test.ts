import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COORDINATES } from "../../packages/core/src/index.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDERS = [
  ".github/workflows",
  "action/examples",
  "packages/cli/example/repository/.github/workflows",
] as const;
/** Ours: its tag is moved by a release only. */
const OWN = `${COORDINATES.owner}/${COORDINATES.repository}`;

const uses = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder)).flatMap((name) =>
    [...readFileSync(join(ROOT, folder, name), "utf8").matchAll(/uses:\s*(\S+)(.*)$/gm)].map(
      ([, action = "", comment = ""]) => ({ file: `${folder}/${name}`, action, comment }),
    ),
  ),
);

it("runs other people's actions by their commit, with the release it is in words", () => {
  const loose = uses
    .filter(({ action }) => !action.startsWith(`${OWN}@`) && !action.startsWith("./"))
    .filter(
      ({ action, comment }) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(action) || !/^ # v\d/.test(comment),
    );

  expect(uses.length).toBeGreaterThan(10);
  expect(loose).toEqual([]);
});
