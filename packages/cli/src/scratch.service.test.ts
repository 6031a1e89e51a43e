import { rm } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { makeScratch } from "./scratch.ts";

afterEach(() => vi.unstubAllEnvs());

test("a TMPDIR that is not there is said in one line", async () => {
  vi.stubEnv("TMPDIR", "/nowhere/at/all");

  await expect(makeScratch("demo")).rejects.toThrow(
    /^Temporary files cannot be made in \/nowhere\/at\/all \(ENOENT\)\. Set TMPDIR to .+$/,
  );
});

test("two folders of one name are two", async () => {
  const [one, two] = await Promise.all([makeScratch("demo"), makeScratch("demo")]);

  expect(one).not.toBe(two);
  await Promise.all([one, two].map((path) => rm(path, { recursive: true })));
});
