import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

type LogLine = { level: string; msg: string; [field: string]: unknown };

/** The control plane as its own process, which a test may kill and start again. */
export type ServerProcess = {
  lines: LogLine[];
  /** Of the process that runs now. */
  pid(): number;
  start(): Promise<void>;
  /** `SIGKILL`: no goodbye. */
  kill(): Promise<void>;
  stop(): Promise<number | null>;
  /** The first line, past or future, that fits. */
  line(fits: (line: LogLine) => boolean, timeoutMs?: number): Promise<LogLine>;
  onLine(listener: (line: LogLine) => void): void;
};

const MAIN = join(import.meta.dirname, "../../control-plane/src/main.ts");

export function createServerProcess(env: Record<string, string>): ServerProcess {
  const lines: LogLine[] = [];
  const listeners = new Set<(line: LogLine) => void>();
  let child: ChildProcess | undefined;

  function line(fits: (line: LogLine) => boolean, timeoutMs = 60_000): Promise<LogLine> {
    const known = lines.find(fits);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const stop = (settle: () => void) => {
        clearTimeout(timer);
        listeners.delete(listen);
        settle();
      };
      const listen = (next: LogLine) => {
        if (fits(next)) stop(() => resolve(next));
      };
      const timer = setTimeout(() => {
        const tail = lines.slice(-15).map((entry) => JSON.stringify(entry).slice(0, 600));
        stop(() =>
          reject(new Error(`no such line within ${timeoutMs} ms; the last ones:\n${tail.join("\n")}`)),
        );
      }, timeoutMs);
      listeners.add(listen);
    });
  }

  return {
    lines,
    line,
    pid: () => child?.pid ?? 0,
    onLine: (listener) => void listeners.add(listener),
    async start() {
      const started = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "pipe"] });
      child = started;
      createInterface({ input: started.stderr }).on("line", (text) => console.warn(text));
      const before = lines.length;
      createInterface({ input: started.stdout }).on("line", (text) => {
        const parsed = JSON.parse(text) as LogLine;
        lines.push(parsed);
        if (["warn", "error", "fatal"].includes(parsed.level)) console.warn(text);
        for (const listener of [...listeners]) listener(parsed);
      });
      await line((entry) => lines.indexOf(entry) >= before && entry.msg === "AI-CD is ready");
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
    async stop() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null)
        return child?.exitCode ?? null;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const [code] = (await gone) as [number | null];
      return code;
    },
  };
}
