import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../env.ts";
import { insistOnDirectory } from "./directory.ts";

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "aicd-directory-"));
  await writeFile(join(root, "file"), "");
});

afterAll(() => rm(root, { recursive: true }));

test("a directory that cannot be made is said in one line before anything begins", () => {
  const config = readConfig({ AICD_DIRECTORY: join(root, "file", ".aicd") });

  expect(() => insistOnDirectory(config)).toThrow(/cannot be written\. Set AICD_DIRECTORY to/);
});

test("a directory is made when there is none", async () => {
  insistOnDirectory(readConfig({ AICD_DIRECTORY: join(root, "new", ".aicd") }));

  expect((await stat(join(root, "new", ".aicd"))).isDirectory()).toBe(true);
});

test("a server that keeps nothing there needs none", () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const config = readConfig({
    AICD_DIRECTORY: join(root, "file", ".aicd"),
    DATABASE_URL: "postgres://u:p@db/x",
    ENCRYPTION_KEY: Buffer.alloc(32).toString("base64"),
    APP_ID: "1",
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: "s",
  });

  expect(() => insistOnDirectory(config)).not.toThrow();
});
