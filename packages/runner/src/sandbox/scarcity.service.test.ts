import { execFileSync, spawn as start } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createGit } from "../checkout/git.ts";
import { PATH } from "../testing/env.ts";
import { spawn } from "./spawn.ts";

const hasLimits = existsSync("/usr/bin/prlimit") || existsSync("/bin/prlimit");
const nofile = () =>
  execFileSync("prlimit", ["--pid", String(process.pid), "--nofile", "-o", "SOFT", "--noheadings"]);
const before = hasLimits ? nofile().toString().trim() : "";
let directory = "";
/** Lifts the limit again; started beforehand, since without file handles nobody can be. */
let helper: ReturnType<typeof start> | undefined;

async function runOutOfFiles(): Promise<void> {
  directory = await realpath(await mkdtemp(join(tmpdir(), "aicd-scarce-")));
  helper = start("/bin/sh", ["-c", `read word; exec prlimit --pid ${process.pid} --nofile=${before}:`], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  // What is open stays open; nothing more can be.
  execFileSync("prlimit", ["--pid", String(process.pid), "--nofile=3:"]);
}

async function recover(): Promise<void> {
  const ended = new Promise((resolve) => helper?.once("exit", resolve));
  helper?.stdin?.end("go\n");
  await ended;
  helper = undefined;
}

afterEach(async () => {
  if (helper !== undefined) await recover();
  await rm(directory, { recursive: true, force: true });
});

const options = () => ({ cwd: directory, env: { PATH }, timeoutMs: 5_000, maxCharacters: 100 });

describe.runIf(hasLimits)("a machine that can start nothing for the moment", () => {
  it("is asked again until it can", async () => {
    await runOutOfFiles();

    const running = spawn(["/bin/echo", "here"], options());
    const git = createGit({ cwd: directory, path: PATH, env: {} }).run(["--version"]);
    await recover();

    expect(await running).toMatchObject({ exitCode: 0, output: "here\n" });
    expect((await git).toString()).toContain("git version");
  });

  it("is named with what it lacks when it stays so", async () => {
    await runOutOfFiles();

    const ends = await Promise.allSettled([
      spawn(["/bin/echo", "here"], options()),
      createGit({ cwd: directory, path: PATH, env: {} }).run(["--version"]),
    ]);

    for (const end of ends) {
      const reason = expect.objectContaining({
        kind: "broken",
        message: expect.stringMatching(/no room to start another process \(EMFILE\)/),
      });
      expect(end).toEqual({ status: "rejected", reason });
    }
  });
});
