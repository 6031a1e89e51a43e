import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxLevel } from "@aicd/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATH } from "../testing/env.ts";
import { hasBwrap, LEVELS } from "../testing/levels.ts";
import { commandLines } from "../testing/processes.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";
import { toolchainHomes } from "./toolchain-homes.ts";

let directory = "";
let sandbox: Sandbox;

async function build(level: SandboxLevel) {
  directory = await realpath(await mkdtemp(join(tmpdir(), "aicd-sandbox-")));
  const workspaceDir = join(directory, "workspace");
  await mkdir(workspaceDir);
  await mkdir(join(directory, "runner"));
  await writeFile(join(directory, "runner", "secret"), "canary-file");
  sandbox = await createSandbox({
    workspaceDir,
    tempDir: join(directory, "temp"),
    path: PATH,
    demanded: level,
    atMost: level,
    hidden: [join(directory, "runner")],
  });
}
const remove = () => rm(directory, { recursive: true, force: true });

function shell(
  command: string,
  options: { timeoutMs?: number; signal?: AbortSignal; maxCharacters?: number; readOnly?: boolean } = {},
) {
  return sandbox.run(["/bin/sh", "-c", command], { timeoutMs: 10_000, ...options });
}

describe.each(LEVELS)("sandbox of level %s", (level) => {
  beforeAll(() => build(level));
  afterAll(remove);

  it("leaves nothing in the workspace", async () => {
    expect(await readdir(join(directory, "workspace"))).toEqual([]);
    expect(sandbox.level).toBe(level);
  });

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
      ...Object.keys(toolchainHomes(PATH)),
      "AICD_RUN",
      "CI",
      "GIT_TERMINAL_PROMPT",
      "HOME",
      "LANG",
      "PATH",
      "PWD",
      "TERM",
      "TMPDIR",
    ];
    expect(names.filter((name) => name !== "_" && name !== "SHLVL" && name !== "OLDPWD").sort()).toEqual(
      expected.sort(),
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
});

describe("a sandbox that cannot be had", () => {
  beforeAll(() => build("process"));
  afterAll(remove);

  async function demand(path: string) {
    const options = { workspaceDir: join(directory, "workspace"), tempDir: join(directory, "t2"), path };
    return createSandbox({ ...options, demanded: "bwrap", optOut: "Or an owner allows less." });
  }

  it("is refused with what to install", async () => {
    const bare = join(directory, "bin");
    await mkdir(bare);

    await expect(demand(bare)).rejects.toMatchObject({
      kind: "unavailable",
      retryable: false,
      message: expect.stringMatching(
        /bubblewrap is not installed.*apt-get install.*Or an owner allows less\.$/,
      ),
    });
  });

  it("is refused with the system's own words where namespaces are forbidden", async () => {
    const path = await program(
      "forbidden",
      "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1",
    );

    await expect(demand(path)).rejects.toThrow(
      /lets it make no namespaces.*apparmor.*uid map: Permission denied/,
    );
  });

  it("is refused where a command gets past it, whatever it calls itself", async () => {
    // Starts what it is given and shuts nothing in.
    const path = await program("open", 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"');

    await expect(demand(path)).rejects.toThrow(
      /a command in it reaches .*files of the runner.*processes of the runner.*the home directory.*services on this machine/,
    );
  });

  async function program(name: string, script: string): Promise<string> {
    const place = join(directory, name);
    await mkdir(place);
    await writeFile(join(place, "bwrap"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return `${place}:${PATH}`;
  }
});

describe.skipIf(!hasBwrap())("sandbox by bubblewrap", () => {
  beforeAll(() => build("bwrap"));
  afterAll(remove);

  it("lets one that is to look only read all and change nothing, also with its own git", async () => {
    await shell("echo whole > looked-at; git init -q");
    const looked = await shell(
      "cat looked-at; echo x > looked-at; touch new; rm looked-at; mount -o remount,bind,rw .; touch new; ls -A",
      { readOnly: true },
    );

    expect(looked.output).toContain("whole");
    expect(looked.output).toContain("Read-only file system");
    expect((await readdir(join(directory, "workspace"))).sort()).toEqual([".git", "looked-at"]);
    expect((await shell("cat looked-at; rm -r looked-at .git")).output).toBe("whole\n");
  });

  it("keeps commands from everything but the workspace", async () => {
    const server = createServer((_, response) => response.end("reached")).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    // Outside of all that is hidden anyway.
    const root = process.getuid?.() === 0 ? "/var" : import.meta.dirname;
    const listening = await mkdtemp(join(root, "aicd-listening-"));
    const service = createServer((_, response) => response.end("reached")).listen(join(listening, "s"));
    await new Promise((resolve) => service.once("listening", resolve));
    await remove();
    await build("bwrap");
    const secret = join(directory, "runner", "secret");
    const node = (code: string) => `node -e ${JSON.stringify(code)}`;
    const tries = {
      "parent's environment": `cat /proc/${process.pid}/environ`,
      "anybody's environment": "cat /proc/*/environ | tr '\\0' '\\n' | grep -v AICD_RUN | grep -i canary",
      "files of the runner": `cat ${secret}`,
      "the real home": `ls -A ${homedir()} | grep -v -E '^(\\.pyenv|\\.cargo|\\.rustup|\\.nvm|\\.local|go)$' | grep .`,
      "write to the system": "touch /usr/local/escaped || touch /etc/escaped",
      "kill the parent": `kill -9 ${process.pid}`,
      network: node(
        `fetch('http://127.0.0.1:${port}').then(r=>r.text()).then(console.log).catch(()=>process.exit(1))`,
      ),
      "name lookups": node("require('dns').lookup('example.com',e=>process.exit(e?1:0))"),
      "cloud metadata": node("fetch('http://169.254.169.254').catch(()=>process.exit(1))"),
      "docker socket": "test -S /run/docker.sock || test -S /var/run/docker.sock",
      "a service's socket": node(
        `require('net').connect('${join(listening, "s")}').on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))`,
      ),
      "passwords of the system": "cat /etc/shadow | grep .",
      sudo: "sudo -n true",
      mount: "mount -t tmpfs none /mnt",
    };

    const outcomes: Record<string, number | null> = {};
    for (const [name, command] of Object.entries(tries)) outcomes[name] = (await shell(command)).exitCode;
    // These are refused, or succeed on file systems of the command's own.
    const places = [join(directory, "escaped"), join(homedir(), "escaped"), "/run/escaped"];
    for (const place of places) await shell(`touch ${place}`);
    server.close();
    service.close();
    await rm(listening, { recursive: true });

    expect(places.filter((place) => existsSync(place))).toEqual([]);
    expect(sandbox.level).toBe("bwrap");
    expect(Object.entries(outcomes).filter(([, exitCode]) => exitCode === 0)).toEqual([]);
  });
});
