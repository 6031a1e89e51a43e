import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let directory: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "local-github-main-"));
});

afterEach(async () => {
  child?.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

function start(...args: string[]) {
  const started = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, TMPDIR: directory },
  });
  child = started;
  return started;
}

describe("the program", () => {
  it("prints where it listens and what it planted, and leaves nothing behind", async () => {
    const files = join(directory, "seed.yaml");
    await writeFile(
      files,
      [
        "users: [ada]",
        "organizations: { octo: { owner: ada } }",
        "repositories: { octo/demo: {} }",
        "apps: [{ name: My App, permissions: { issues: write }, events: [issues], on: octo }]",
      ].join("\n"),
    );
    const started = start("--seed", files);
    const [line] = await once(started.stdout, "data");
    const said = JSON.parse(String(line));

    const answer = await fetch(`${said.url}/repos/octo/demo`, {
      headers: { authorization: `Bearer ${said.tokens.ada}` },
    });
    started.kill("SIGTERM");
    await once(started, "exit");

    expect(await answer.json()).toMatchObject({ full_name: "octo/demo" });
    expect(said.apps[0]).toMatchObject({ slug: "my-app", installationId: expect.any(Number) });
    expect((await readdir(directory)).filter((name) => name.startsWith("local-github-"))).toEqual([]);
  });

  it.each([
    ["--port", "many", "--port takes a number from 0 to 65535, not many"],
    ["--seed", "/nowhere.yaml", "no such file"],
  ])("says what is wrong with %s %s", async (flag, value, words) => {
    const started = start(flag, value);
    const [said] = await once(started.stderr, "data");
    const [code] = await once(started, "exit");

    expect([code, String(said)]).toEqual([2, expect.stringContaining(words)]);
  });
});
