import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const MAIN = join(import.meta.dirname, "../../control-plane/src/main.ts");

/** The control plane as users run it: its own process, on its embedded Postgres. */
export async function startControlPlane(
  env: Record<string, string>,
  onLine: (line: { level: string; msg: string }) => void = () => {},
): Promise<{ child: ChildProcess; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = JSON.parse(text) as { level: string; msg: string };
    onLine(line);
    if (line.msg === "AI-CD is ready") ready.resolve();
    if (line.level !== "info") process.stderr.write(`${text.slice(0, 500)}\n`);
  });
  child.once("exit", (code) => ready.reject(new Error(`the control plane ended with ${code}`)));
  await ready.promise;
  return {
    child,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

/** The value below which the share `q` of the samples lies. */
export function quantile(samples: number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
