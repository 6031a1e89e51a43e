import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { confine } from "./confine.ts";

let outer = "";
let root = "";

beforeAll(async () => {
  outer = await realpath(await mkdtemp(join(tmpdir(), "aicd-confine-")));
  root = join(outer, "workspace");
  await mkdir(join(root, ".git"), { recursive: true });
  await mkdir(join(root, "src"));
  await writeFile(join(root, "src", "a.ts"), "a");
  await writeFile(join(outer, "secret"), "s");
  await symlink(join(outer, "secret"), join(root, "secret-link"));
  await symlink(outer, join(root, "out"));
  await symlink("src", join(root, "inside"));
  await symlink(".git", join(root, "disguise"));
  await symlink(join(outer, "not-there"), join(root, "dangling"));
});
afterAll(() => rm(outer, { recursive: true, force: true }));

describe("confine", () => {
  it.each(["src/a.ts", "./src//a.ts", "src/new/deep.ts", "inside/a.ts", "src/../src/a.ts"])(
    "lets %s through",
    async (path) => {
      const place = await confine(root, path, "read");

      expect(place.startsWith(root)).toBe(true);
    },
  );

  it.each([
    "../secret",
    "src/../../secret",
    "/etc/passwd",
    "secret-link",
    "out/secret",
    "out/new-file",
    ".git/config",
    ".GIT/config",
    "disguise/config",
    "dangling",
    "a\0b",
  ])("refuses to read %j", async (path) => {
    await expect(confine(root, path, "read")).rejects.toMatchObject({ kind: "forbidden" });
  });

  it.each([
    "../secret",
    "secret-link",
    "inside",
    "out/x",
    ".git/hooks/pre-commit",
    "sub/.git/config",
    ".gitattributes",
    ".gitmodules",
    "git~1/config",
    "src/.git./x",
    "a\u202eb.ts",
    "C:\\x",
    "~/x",
    "",
  ])("refuses to write %j", async (path) => {
    await expect(confine(root, path, "write")).rejects.toMatchObject({ kind: "forbidden" });
  });
});
