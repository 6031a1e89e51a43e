import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const MAIN = join(import.meta.dirname, "../../packages/cli/src/main.ts");

/** The demo with a folder of its own for all it makes. */
async function startDemo() {
  const root = await mkdtemp(join(tmpdir(), "aicd-stop-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const temporary = join(root, "tmp");
  mkdirSync(temporary);
  const child = spawn(process.execPath, [MAIN, "demo"], {
    env: {
      PATH: process.env.PATH ?? "",
      HOME: process.env.HOME ?? "",
      TMPDIR: temporary,
    } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  return { child, temporary, output: () => output };
}

/** Command lines of what still works in the folder, or was told of it. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const [line, env] = ["cmdline", "environ"].map((file) =>
          readFileSync(`/proc/${pid}/${file}`, "latin1"),
        );
        return `${line}${env}`.includes(folder) ? [`${pid} ${line?.replaceAll("\0", " ")}`] : [];
      } catch {
        // Ended meanwhile.
        return [];
      }
    });
}

const demoFolder = (temporary: string) =>
  readdirSync(temporary).find((name) => name.startsWith("aicd-demo-")) ?? "none";

describe.skipIf(process.platform !== "linux")(
  "a demo that is stopped leaves no process and no folder",
  () => {
    it.each([
      ["at once", "SIGINT", 130, ({ output }: { output: string }) => output.includes("Starting")],
      [
        "while Postgres is being made",
        "SIGTERM",
        143,
        ({ temporary }: { temporary: string }) =>
          existsSync(join(temporary, demoFolder(temporary), "server", "postgres")),
      ],
      [
        "while a runner plans",
        "SIGHUP",
        129,
        ({ output }: { output: string }) => output.includes("PLANNING"),
      ],
      ["while a runner codes", "SIGINT", 130, ({ output }: { output: string }) => output.includes("CODING")],
    ] as const)("%s, by %s", { timeout: 120_000 }, async (_when, signal, code, isThere) => {
      const { child, temporary, output } = await startDemo();
      const ended = once(child, "exit");
      await expect
        .poll(() => isThere({ output: output(), temporary }), { timeout: 90_000, interval: 20 })
        .toBe(true);

      child.kill(signal);
      // Whoever is impatient changes nothing.
      child.kill(signal);

      expect(await ended, output()).toEqual([code, null]);
      expect(processesOf(temporary)).toEqual([]);
      expect(readdirSync(temporary)).toEqual([]);
    });

    it("keeps the log of a server that died, and names it", { timeout: 120_000 }, async () => {
      const { child, temporary, output } = await startDemo();
      const ended = once(child, "exit");
      await expect.poll(() => output().includes("PLANNING"), { timeout: 90_000 }).toBe(true);
      const [server] = processesOf(join(temporary, demoFolder(temporary), "server")).filter((line) =>
        line.includes("control-plane/src/main.ts"),
      );

      process.kill(Number(server?.split(" ")[0]), "SIGKILL");
      await ended;

      const kept = /Its log is kept: (\S+)/.exec(output())?.[1] ?? "";
      expect(readFileSync(kept, "utf8")).toContain("AI-CD is ready");
      expect(readdirSync(temporary)).toHaveLength(1);
      expect(processesOf(temporary)).toEqual([]);
    });
  },
);
