import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATH } from "../testing/env.ts";
import { commandLines } from "../testing/processes.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

let directory = "";
let sandbox: Sandbox;

beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "aicd-sandbox-")));
  const workspaceDir = join(directory, "workspace");
  await mkdir(workspaceDir);
  await mkdir(join(directory, "runner"));
  await writeFile(join(directory, "runner", "secret"), "canary-file");
  sandbox = await createSandbox({
    workspaceDir,
    tempDir: join(directory, "temp"),
    path: PATH,
    demanded: "process",
    hidden: [join(directory, "runner")],
  });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function shell(
  command: string,
  options: { timeoutMs?: number; signal?: AbortSignal; maxCharacters?: number } = {},
) {
  return sandbox.run(["/bin/sh", "-c", command], { timeoutMs: 10_000, ...options });
}

describe("sandbox", () => {
  it("starts commands with a cleared environment", async () => {
    process.env.AICD_TEST_CANARY = "canary-env";
    const { output } = await shell("env");
    delete process.env.AICD_TEST_CANARY;

    expect(output).not.toContain("canary-env");
    const names = output
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0]);
    const expected = [
      "AICD_RUN",
      "CI",
      "GIT_TERMINAL_PROMPT",
      "HOME",
      "LANG",
      "NO_COLOR",
      "PATH",
      "PWD",
      "TERM",
      "TMPDIR",
    ];
    expect(names.filter((name) => name !== "_" && name !== "SHLVL" && name !== "OLDPWD").sort()).toEqual(
      expected,
    );
  });

  it("gives a home of its own that can be written", async () => {
    const { output, exitCode } = await shell('echo "$HOME"; touch "$HOME/x" "$TMPDIR/y"');

    expect(exitCode).toBe(0);
    expect(output.trim()).toBe(join(directory, "temp", "home"));
  });

  it("stops a command with all its children when time is up", async () => {
    const { timedOut, exitCode, durationMs } = await shell("sleep 60 & sleep 60", { timeoutMs: 300 });

    expect({ timedOut, exitCode }).toEqual({ timedOut: true, exitCode: null });
    expect(durationMs).toBeLessThan(5_000);
  });

  it("leaves no daemon behind, not even one in a session of its own", async () => {
    await shell("sleep 61 & setsid sleep 62 & sleep 0.1");

    const left = commandLines().match(/^sleep 6[12]$/gm);
    expect(left).toBeNull();
  });

  it("leaves none behind that cleared its environment, and none of another command", async () => {
    const other = shell("sleep 1; echo whole");
    await shell("env -i setsid sleep 65 & (cd ~ && env -i setsid sleep 66 &) ; sleep 0.1");

    const left = commandLines().match(/^sleep 6[56]$/gm);
    expect(left).toBeNull();
    expect(await other).toMatchObject({ exitCode: 0, output: "whole\n" });
  });

  it("stops at once when it is aborted", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);

    const { exitCode, timedOut } = await shell("sleep 60", { signal: controller.signal });

    expect({ exitCode, timedOut }).toEqual({ exitCode: null, timedOut: false });
  });

  it("bounds output and keeps its beginning and end", async () => {
    const { output } = await shell("echo first; seq 1 200000; echo last", { maxCharacters: 4_000 });

    expect(output.length).toBeLessThan(4_100);
    expect(output).toMatch(/^first\n/);
    expect(output).toMatch(/last\n$/);
    expect(output).toContain("characters left out");
  });

  it("refuses to be weaker than demanded", async () => {
    const bare = join(directory, "bin");
    await mkdir(bare);
    const options = {
      workspaceDir: directory,
      tempDir: join(directory, "t2"),
      path: bare,
      demanded: "bwrap",
    } as const;

    await expect(createSandbox(options)).rejects.toMatchObject({ kind: "unavailable", retryable: false });
  });
});

describe("sandbox by bubblewrap", () => {
  it("keeps commands from everything but the workspace", async ({ skip }) => {
    skip(!hasBwrap(), "bubblewrap is not installed, or this host forbids user namespaces");
    const server = createServer((_, response) => response.end("reached")).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const secret = join(directory, "runner", "secret");
    const node = (code: string) => `node -e ${JSON.stringify(code)}`;
    const tries = {
      "parent's environment": `cat /proc/${process.pid}/environ`,
      "anybody's environment": "cat /proc/*/environ | tr '\\0' '\\n' | grep -v AICD_RUN | grep -i canary",
      "files of the runner": `cat ${secret}`,
      "the real home": `ls -A ${homedir()} | grep -v -E '^(\\.pyenv|\\.cargo|\\.nvm|\\.local|go)$' | grep .`,
      "write to the system": "touch /usr/local/escaped || touch /etc/escaped",
      "kill the parent": `kill -9 ${process.pid}`,
      network: node(
        `fetch('http://127.0.0.1:${port}').then(r=>r.text()).then(console.log).catch(()=>process.exit(1))`,
      ),
      "name lookups": node("require('dns').lookup('example.com',e=>process.exit(e?1:0))"),
      "cloud metadata": node("fetch('http://169.254.169.254').catch(()=>process.exit(1))"),
      "docker socket": "test -S /run/docker.sock || test -S /var/run/docker.sock",
      mount: "mount -t tmpfs none /mnt",
    };

    const outcomes: Record<string, number | null> = {};
    for (const [name, command] of Object.entries(tries)) outcomes[name] = (await shell(command)).exitCode;
    // These are refused, or succeed on file systems of the command's own.
    const places = [join(directory, "escaped"), join(homedir(), "escaped"), "/run/escaped"];
    for (const place of places) await shell(`touch ${place}`);
    server.close();

    expect(places.filter((place) => existsSync(place))).toEqual([]);
    expect(sandbox.level).toBe("bwrap");
    expect(Object.entries(outcomes).filter(([, exitCode]) => exitCode === 0)).toEqual([]);
  });
});

function hasBwrap(): boolean {
  try {
    execFileSync("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"], { stdio: "ignore" });
    return true;
  } catch {
    // Not installed, or the host forbids it: there is nothing to test then.
    return false;
  }
}
