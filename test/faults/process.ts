import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const MAIN = join(import.meta.dirname, "../../control-plane/src/main.ts");
/** What `restart: always` of a compose file, or systemd, waits. */
const RESTART_MS = 500;
const TAIL = 40;

/** A process that is started again whenever it ends, as an operator's supervisor does. */
export type Supervised = {
  /** Resolves when it says for the first time that it is ready. */
  ready: Promise<void>;
  /** `SIGKILL`: no goodbye. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends by themselves: what it did not survive. */
  crashes: string[];
  /** The last warnings and errors it logged. */
  tail: string[];
  stop(): Promise<void>;
};

/** The control plane with this environment. */
export function supervise(env: Record<string, string>): Supervised {
  const ready = Promise.withResolvers<void>();
  const crashes: string[] = [];
  const tail: string[] = [];
  let child: ChildProcess | undefined;
  let killed = false;
  let stopped = false;

  function hear(line: string): void {
    if (line.includes('"AI-CD is ready"')) ready.resolve();
    if (!/"level":"(?:warn|error|fatal)"/.test(line)) return;
    tail.push(line);
    tail.splice(0, tail.length - TAIL);
  }

  async function life(): Promise<void> {
    const started = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    for (const input of [started.stdout, started.stderr]) createInterface({ input }).on("line", hear);
    const [code] = await once(started, "exit");
    if (!killed && !stopped) crashes.push(`code ${code}: ${tail.at(-1) ?? "without a word"}`);
    killed = false;
  }

  async function keepAlive(): Promise<void> {
    while (!stopped) {
      await life();
      if (!stopped) await sleep(RESTART_MS);
    }
  }

  const living = keepAlive();
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }
  return {
    ready: ready.promise,
    crashes,
    tail,
    async kill() {
      killed = true;
      await end("SIGKILL");
    },
    async stop() {
      stopped = true;
      await end("SIGTERM");
      await living;
    },
  };
}
