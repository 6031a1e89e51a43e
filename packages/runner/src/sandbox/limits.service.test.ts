import { mkdir, mkdtemp, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PATH } from "../testing/env.ts";
import { commandLines } from "../testing/processes.ts";
import { createControlGroup } from "./control-group.ts";
import { defaultLimits, type SandboxLimits } from "./limits.ts";
import { createSandbox } from "./sandbox.ts";

const MIB = 1024 ** 2;
let directory = "";
beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "aicd-limits-")));
  await mkdir(join(directory, "workspace"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function shell(command: string, limits: Partial<SandboxLimits> = {}) {
  const sandbox = await createSandbox({
    workspaceDir: join(directory, "workspace"),
    tempDir: join(directory, "temp"),
    path: PATH,
    demanded: "process",
    limits,
  });
  return sandbox.run(["/bin/sh", "-c", command], { timeoutMs: 20_000 });
}

function hasControlGroups(): boolean {
  const group = createControlGroup(`aicd-probe-${process.pid}`, { ...defaultLimits(), processes: 1 });
  group?.remove();
  return group !== undefined;
}

const node = (code: string) => `node -e ${JSON.stringify(code)}`;
const running = (pattern: RegExp) => commandLines().match(pattern);

describe("a command that takes too much", () => {
  it("of memory is ended, and the answer says so", async () => {
    const eat = node("const kept=[];for(;;)kept.push(Buffer.alloc(8388608,1));");

    const { limit, exitCode, timedOut } = await shell(eat, { memoryBytes: 400 * MIB });

    expect({ limit, exitCode, timedOut }).toEqual({
      limit: "it used more than 400 MiB of memory",
      exitCode: null,
      timedOut: false,
    });
  });

  it("of memory in many processes is ended all the same", async () => {
    const eat = node(
      "const kept=[];for(let i=0;i<15;i++)kept.push(Buffer.alloc(8388608,1));setTimeout(()=>{},15000)",
    );

    const { limit } = await shell(`${eat} & ${eat} & ${eat} & ${eat} & wait`, { memoryBytes: 450 * MIB });

    expect(limit).toContain("of memory");
  });

  // As root `ulimit` does not count, and against a bomb the watchdog alone comes too late: it would take the machine.
  const isCaged = process.getuid?.() !== 0 || hasControlGroups();
  it.skipIf(!isCaged)("by a fork bomb is ended with every process of it", async () => {
    const { limit } = await shell("bomb() { bomb | bomb & }; bomb; sleep 8431", { processes: 200 });

    expect(limit).toMatch(/^it had \d+ processes, the limit is 200$/);
    expect(running(/sleep 8431/)).toBeNull();
  });

  it("by processes in sessions of their own is ended with them", async () => {
    const { limit } = await shell("for i in $(seq 150); do setsid sleep 8432 & done; wait; sleep 8432", {
      processes: 100,
    });

    expect(limit).toContain("processes");
    expect(running(/sleep 8432/)).toBeNull();
  });

  it("by one huge file fails at the file's limit", async () => {
    const { exitCode } = await shell("dd if=/dev/zero of=big bs=1M count=64 2>/dev/null", {
      fileBytes: 8 * MIB,
    });

    expect(exitCode).not.toBe(0);
    expect((await stat(join(directory, "workspace", "big"))).size).toBeLessThanOrEqual(8 * MIB);
  });

  it("by many files is ended before the disk is full", async () => {
    const fill = "i=0; while :; do i=$((i+1)); dd if=/dev/urandom of=f$i bs=1M count=16 2>/dev/null; done";

    const { limit } = await shell(fill, { diskBytes: 256 * MIB });

    expect(limit).toBe("it wrote more than 256 MiB to the disk");
  });

  it("of the processor is ended by its own clock", async () => {
    const { exitCode, timedOut, durationMs } = await shell("while :; do :; done", { cpuSeconds: 1 });

    expect(timedOut).toBe(false);
    expect(exitCode).not.toBe(0);
    expect(durationMs).toBeLessThan(15_000);
  });
});

describe("a command that takes what programs take", () => {
  it.each([
    [
      "Node",
      node("new WebAssembly.Memory({initial:1,maximum:65536});console.log(process.memoryUsage().rss>0)"),
    ],
    ["many short processes", "for i in $(seq 300); do /bin/true; done; echo true"],
    ["a few hundred megabytes", node("Buffer.alloc(300e6,1);console.log(true)")],
  ])("is left alone: %s", async (_, command) => {
    const { limit, exitCode, output } = await shell(command);

    expect({ limit, exitCode, output: output.trim() }).toEqual({
      limit: undefined,
      exitCode: 0,
      output: "true",
    });
  });
});
