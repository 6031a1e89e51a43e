import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { AicdError } from "@aicd/core";
import type { Closers } from "./closers.ts";

const MAIN = fileURLToPath(new URL("../../../../control-plane/src/main.ts", import.meta.url));
const START_MS = 60_000;
const STOP_MS = 30_000;

/** One line of the server's log. */
type LogLine = { level: string; msg: string; [field: string]: unknown };

export type Server = {
  url: string;
  exited: Promise<number | null>;
  logPath: string;
  /** Ends it in the middle of whatever it does; resolves when it is gone. */
  kill(): Promise<void>;
};

/** The control plane is not there, or not there any more; its log says why. */
export class ServerEnded extends AicdError {
  readonly logPath: string;

  constructor(message: string, logPath: string) {
    super("broken", message);
    this.logPath = logPath;
  }
}

/**
 * Starts the control plane as its own process and waits until it is ready. In a session of its own: Ctrl-C is
 * for us, and we stop it in order.
 */
export async function startServer(options: {
  port: number;
  env: Record<string, string>;
  logPath: string;
  closers: Closers;
}): Promise<Server> {
  const { logPath } = options;
  const notReady = (how: string) => new ServerEnded(`The control plane did not start${how}`, logPath);
  const child = spawn(process.execPath, [MAIN], {
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Not "exit": its last words may still be on their way then.
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  options.closers.add(() => stop(child, exited));
  // One that is started again goes on in the same file.
  const log = createWriteStream(logPath, { flags: "a" });
  const ready = Promise.withResolvers<void>();
  let lastWords = "";
  createInterface({ input: child.stdout }).on("line", (text) => {
    log.write(`${text}\n`);
    const line = parse(text);
    if (line === undefined) return;
    if (line.msg === "AI-CD is ready") ready.resolve();
    if (line.level === "fatal") lastWords = typeof line.reason === "string" ? line.reason : text;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    lastWords = chunk.toString();
    log.write(chunk);
  });
  const timer = setTimeout(() => ready.reject(notReady(` within ${START_MS / 1000} s`)), START_MS);
  exited.then(() => ready.reject(notReady(`: ${lastWords.trim()}`)));
  try {
    await ready.promise;
  } finally {
    clearTimeout(timer);
  }
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  return { url: `http://127.0.0.1:${options.port}`, exited, logPath, kill };
}

/** It ends by itself within half a minute; after that nothing good can come of it. */
async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await exited;
  clearTimeout(timer);
}

function parse(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    // Not one of ours: kept in the file, not shown.
    return undefined;
  }
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
