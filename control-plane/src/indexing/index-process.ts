import { type ChildProcess, fork } from "node:child_process";
import type { CodeIndexOptions } from "@aicd/code-index";
import { AicdError, type CodeIndex, type ErrorKind, type IndexReport, type IndexScope } from "@aicd/core";
import type { Logger } from "@aicd/ops";
import type { CallName, Calls, Message, Told } from "./messages.ts";
import type { Mirror } from "./mirrors.ts";

/** More means that something in a repository is not as we think; the process ends, not the machine. */
const HEAP_MB = 1_024;
const WORDS = 4_000;

/** The index as the control plane has it: the code comes from a mirror on this disk. */
export type MirrorIndex = Omit<CodeIndex, "update"> & {
  update(scope: IndexScope, mirror: Mirror, options: { signal: AbortSignal }): Promise<IndexReport>;
};

type Waiting = { resolve: (value: never) => void; reject: (error: Error) => void };

/**
 * The code index in a process of its own, begun with the first call and again after it died: whatever a
 * repository contains can cost that process its life, and no more. Calls rejected by its end are retryable.
 */
export function createIndexProcess(options: {
  engine: CodeIndexOptions;
  path: string;
  log: Logger;
}): MirrorIndex {
  const { engine, path, log } = options;
  let child: ChildProcess | undefined;
  let counter = 0;
  const waiting = new Map<number, Waiting>();

  function begin(): ChildProcess {
    const begun = fork(new URL("./process.ts", import.meta.url), {
      // Nothing of ours is in it: what it reads is the customers'.
      env: { PATH: path },
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let words = "";
    begun.stderr?.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-WORDS);
    });
    begun.on("message", (told: Told) => {
      const call = waiting.get(told.id);
      waiting.delete(told.id);
      if ("value" in told) call?.resolve(told.value as never);
      else if ("failure" in told) call?.reject(errorOf(told.failure));
    });
    begun.once("exit", (code, signal) => {
      if (child === begun) log.warn({ code, signal, words }, "the index process ended");
      leave(begun);
    });
    // It did not start, or cannot be spoken to: the next call begins another.
    begun.on("error", (err) => {
      log.warn({ err }, "the index process could not be reached");
      begun.kill("SIGKILL");
      leave(begun);
    });
    child = begun;
    void send("open", { engine, path }).catch((err: unknown) =>
      log.error({ err }, "the index was not opened"),
    );
    return begun;
  }

  /** Nothing more is heard of that process: whoever waits for it is told. */
  function leave(process: ChildProcess): void {
    if (child !== process) return;
    child = undefined;
    for (const { reject } of waiting.values()) {
      reject(new AicdError("unavailable", "The index process ended in the middle of the call."));
    }
    waiting.clear();
  }

  function send<N extends CallName>(
    call: N,
    input: Calls[N]["input"],
    signal?: AbortSignal,
  ): Promise<Calls[N]["output"]> {
    const to = child ?? begin();
    counter += 1;
    const id = counter;
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
      to.send({ id, call, input } as Message, (error) => {
        // The process is going; its exit is told in a moment, or was already.
        if (error !== null && waiting.delete(id)) {
          reject(new AicdError("unavailable", "The index process could not be reached.", { cause: error }));
        }
      });
      if (signal?.aborted === true) abort();
    });
  }

  return {
    update: (scope, mirror, { signal }) => send("update", { scope, mirror }, signal),
    search: (scope, query, { limit, signal }) => send("search", { scope, query, limit }, signal),
    dropRepository: (scope) => send("dropRepository", { scope }),
    dropTenant: (tenantId) => send("dropTenant", { tenantId }),
    count: (tenantId) => send("count", { tenantId }),
    async close() {
      const ending = child;
      if (ending === undefined) return;
      leave(ending);
      await new Promise<void>((done) => {
        ending.once("exit", () => done());
        if (ending.connected) ending.disconnect();
      });
    },
  };
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
