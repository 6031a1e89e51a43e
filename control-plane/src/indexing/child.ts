import { fork } from "node:child_process";
import type { CodeIndexOptions } from "@aicd/code-index";
import { AicdError, type ErrorKind } from "@aicd/core";
import type { Logger } from "@aicd/ops";
import type { CallName, Calls, Message, Told } from "./messages.ts";

/** More means that something in a repository is not as we think; the process ends, not the machine. */
const HEAP_MB = 1_024;
const WORDS = 4_000;

/** One process that reads repositories. Calls that its end cuts off are rejected as retryable. */
export type IndexChild = {
  call<N extends CallName>(
    name: N,
    input: Calls[N]["input"],
    signal?: AbortSignal,
  ): Promise<Calls[N]["output"]>;
  end(): Promise<void>;
};

type Waiting = { resolve: (value: never) => void; reject: (error: Error) => void };

/** @param options.gone called once, when nothing more will be heard of it */
export function beginChild(options: {
  engine: CodeIndexOptions;
  path: string;
  log: Logger;
  gone: () => void;
}): IndexChild {
  const { engine, path, log, gone } = options;
  const child = forkReader(path);
  const waiting = new Map<number, Waiting>();
  let counter = 0;
  let left = false;

  /** Whoever waits for it is told. */
  function leave(): void {
    if (left) return;
    left = true;
    gone();
    for (const { reject } of waiting.values()) {
      reject(new AicdError("unavailable", "The index process ended in the middle of the call."));
    }
    waiting.clear();
  }

  child.process.on("message", (told: Told) => {
    const call = waiting.get(told.id);
    waiting.delete(told.id);
    if ("value" in told) call?.resolve(told.value as never);
    else if ("failure" in told) call?.reject(errorOf(told.failure));
  });
  child.process.once("exit", (code, signal) => {
    if (!left) log.warn({ code, signal, words: child.words() }, "the index process ended");
    leave();
  });
  // It did not start, or cannot be spoken to: the next call begins another.
  child.process.on("error", (err) => {
    log.warn({ err }, "the index process could not be reached");
    child.process.kill("SIGKILL");
    leave();
  });

  const call: IndexChild["call"] = (name, input, signal) => {
    counter += 1;
    return ask(child.process, waiting, { id: counter, call: name, input } as Message, signal);
  };
  void call("open", { engine, path }).catch((err: unknown) => log.error({ err }, "the index was not opened"));
  return {
    call,
    async end() {
      if (left) return;
      leave();
      await new Promise<void>((done) => {
        child.process.once("exit", () => done());
        if (child.process.connected) child.process.disconnect();
      });
    },
  };
}

/** `words`: the last of what it said on standard error. */
function forkReader(path: string) {
  const reader = fork(new URL("./process.ts", import.meta.url), {
    // Nothing of ours is in it: what it reads is the customers'.
    env: { PATH: path },
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let words = "";
  reader.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-WORDS);
  });
  return { process: reader, words: () => words };
}

/** Sends one call and waits for its answer; an abort is sent after it. */
function ask<T>(
  to: ReturnType<typeof fork>,
  waiting: Map<number, Waiting>,
  message: Message,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { id } = message;
  return new Promise((resolve, reject) => {
    const abort = () => to.send({ id, abort: true } satisfies Message);
    signal?.addEventListener("abort", abort, { once: true });
    const settled =
      <A extends unknown[]>(then: (...args: A) => void) =>
      (...args: A) => {
        signal?.removeEventListener("abort", abort);
        then(...args);
      };
    waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
    to.send(message, (error) => {
      // The process is going; its exit is told in a moment, or was already.
      if (error !== null && waiting.delete(id)) {
        reject(new AicdError("unavailable", "The index process could not be reached.", { cause: error }));
      }
    });
    if (signal?.aborted === true) abort();
  });
}

function errorOf({
  kind,
  message,
  retryable,
}: {
  kind: string;
  message: string;
  retryable: boolean;
}): AicdError {
  return new AicdError(kind as ErrorKind, message, { retryable });
}
