import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createMint } from "@aicd/core";
import { createLogger, createRedactor } from "@aicd/ops";
import { afterAll, describe, expect, it, vi } from "vitest";
import { createIndexProcess } from "./index-process.ts";

const directory = await mkdtemp(join(tmpdir(), "aicd-index-process-"));
const mint = createMint({ now: Date.now, random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)) });
const log = createLogger({ level: "silent", redactor: createRedactor() });
const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
const tenantId = mint("tenant");
const NOTHING = { repositories: 0, files: 0, passages: 0, vectors: 0, commits: 0, bytes: 0 };
const begin = () => createIndexProcess({ engine: { kind: "embedded", directory }, path, log });
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The index processes of this test's own process. */
async function children(): Promise<number[]> {
  const rows = process.platform === "linux" ? await ofProc() : await ofPs();
  return rows
    .filter(({ parent, line }) => parent === process.pid && line.includes("indexing/process.ts"))
    .map(({ pid }) => pid);
}

type Row = { pid: number; parent: number; line: string };

/** Small systems have no `ps`. */
async function ofProc(): Promise<Row[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const rows = pids.map(async (pid) => {
    // One that ended meanwhile is nobody's child.
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    const [stat, line] = await Promise.all([read("stat"), read("cmdline")]);
    return { pid: Number(pid), parent: Number(/\) \S (\d+)/.exec(stat)?.[1]), line };
  });
  return Promise.all(rows);
}

async function ofPs(): Promise<Row[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,args="]);
  return stdout
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .map((row) => ({ pid: Number(row?.[1]), parent: Number(row?.[2]), line: row?.[3] ?? "" }));
}

describe("the index process", () => {
  it("that dies in the middle of a call fails it, retryably, and begins anew with the next", async () => {
    const index = begin();
    await index.count(tenantId);
    const [pid = 0] = await children();
    // Held, so that the answer cannot come before the end.
    process.kill(pid, "SIGSTOP");
    const failed = expect(index.count(tenantId)).rejects.toMatchObject({
      kind: "unavailable",
      retryable: true,
    });

    process.kill(pid, "SIGKILL");

    await failed;
    expect(await index.count(tenantId)).toEqual(NOTHING);
    expect(await children()).not.toContain(pid);
    await index.close();
  });

  it("that is closed leaves no call waiting and no process behind", async () => {
    const index = begin();
    await index.count(tenantId);
    const [pid = 0] = await children();
    process.kill(pid, "SIGSTOP");
    const failed = expect(index.count(tenantId)).rejects.toMatchObject({ kind: "unavailable" });

    const closing = index.close();
    process.kill(pid, "SIGCONT");

    await Promise.all([closing, failed]);
    await vi.waitFor(async () => expect(await children()).toEqual([]));
  });
});
