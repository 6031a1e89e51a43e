import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { insistOnGit } from "./insist-on-git.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "aicd-git-"));
});

afterAll(() => rm(directory, { recursive: true }));

test("the git of this machine will do", async () => {
  await expect(insistOnGit(process.env.PATH)).resolves.toBeUndefined();
});

test.each([
  ["git version 2.31.8", "git version 2.31.8 is too old. Install git 2.32 or later."],
  ["git version 1.99.0", "git version 1.99.0 is too old. Install git 2.32 or later."],
])("%s is said in one line", async (version, line) => {
  await plant(version);

  await expect(insistOnGit(directory)).rejects.toThrow(line);
});

test.each(["git version 2.32.0", "git version 2.50.1 (Apple Git-155)", "git version 3.0.0.windows.1"])(
  "%s will do",
  async (version) => {
    await plant(version);

    await expect(insistOnGit(directory)).resolves.toBeUndefined();
  },
);

test("no git at all is said in one line", async () => {
  await expect(insistOnGit("/nonexistent")).rejects.toThrow(
    /^git could not be started\. Install git 2\.32 or later\.$/,
  );
});

async function plant(version: string): Promise<void> {
  await writeFile(join(directory, "git"), `#!/bin/sh\necho '${version}'\n`);
  await chmod(join(directory, "git"), 0o755);
}
