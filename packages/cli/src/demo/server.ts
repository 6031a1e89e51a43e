import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { AicdError } from "@aicd/core";

const MAIN = fileURLToPath(new URL("../../../../control-plane/src/main.ts", import.meta.url));
const START_MS = 60_000;

/** One line of the server's log. */
type LogLine = { level: string; msg: string; [field: string]: unknown };

export type Server = { url: string; stop(): Promise<void>; exited: Promise<number | null> };

/** Starts the control plane as its own process and waits until it is ready. */
export async function startServer(options: {
  port: number;
  env: Record<string, string>;
  logPath: string;
}): Promise<Server> {
  const child = spawn(process.execPath, [MAIN], { env: options.env, stdio: ["ignore", "pipe", "pipe"] });
  // Not "exit": its last words may still be on their way then.
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const log = createWriteStream(options.logPath);
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
  return { url: `http://127.0.0.1:${options.port}`, exited, stop: () => stop(child, exited) };
}

function notReady(how: string): AicdError {
  return new AicdError("broken", `The control plane did not start${how}`);
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  await exited;
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
