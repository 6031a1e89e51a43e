import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { whileLocked } from "./owners.ts";

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "aicd-owners-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test("one works at a time, and nothing is left of the lock", async () => {
  const directory = await makeDirectory();
  let within = 0;
  let most = 0;

  await Promise.all(
    Array.from({ length: 8 }, () =>
      whileLocked(directory, async () => {
        most = Math.max(most, ++within);
        await readdir(directory);
        within -= 1;
      }),
    ),
  );

  expect(most).toBe(1);
  expect(await readdir(directory)).toEqual([]);
});

test.each([
  ["of a process that is gone", "999999999"],
  ["that nobody had signed before being killed", ""],
])("a lock %s is broken", async (_, holder) => {
  const directory = await makeDirectory();
  const file = join(directory, "lock");
  await writeFile(file, holder);
  await utimes(file, 1_000, 1_000);

  expect(await whileLocked(directory, async () => "done")).toBe("done");
});
