import { createCodeIndex, createGitSource } from "@aicd/code-index";
import { AicdError, type CodeIndex } from "@aicd/core";
import type { Asked, Message, Told } from "./messages.ts";

/**
 * The index process: reads what customers wrote and does the counting, away from the process that answers
 * requests and holds credentials. One call of a kind is like any other; the parent decides on order.
 */
/** A promise, since calls may come while it is being opened. */
let opened: Promise<CodeIndex> | undefined;
let path = "";
const running = new Map<number, AbortController>();

process.on("message", (message: Message) => {
  if ("abort" in message) {
    running.get(message.id)?.abort(new AicdError("unavailable", "It was called off."));
    return;
  }
  const abort = new AbortController();
  running.set(message.id, abort);
  answer(message, abort.signal)
    .then(
      (value): Told => ({ id: message.id, value }),
      (error: unknown): Told => ({ id: message.id, failure: failureOf(error) }),
    )
    .then((told) => {
      running.delete(message.id);
      process.send?.(told);
    });
});
// The parent is gone: nobody would hear us.
process.on("disconnect", () => process.exit(0));

async function answer(asked: Asked, signal: AbortSignal) {
  if (asked.call === "open") {
    path = asked.input.path;
    const { engine } = asked.input;
    opened = (async () => createCodeIndex(engine))();
    await opened;
    return undefined;
  }
  const index = await opened;
  if (index === undefined) throw new AicdError("broken", "The index was not opened.");
  switch (asked.call) {
    case "update": {
      const { scope, mirror } = asked.input;
      const { commit, tipDir, historyDir } = mirror;
      const tip = createGitSource({ gitDir: tipDir, commit, path });
      const past = createGitSource({ gitDir: historyDir, commit, path });
      const source = {
        commit,
        files: () => tip.files(),
        blobs: (shas: readonly string[]) => tip.blobs(shas),
        history: (options: { limit: number; until?: string }) => past.history(options),
      };
      return index.update(scope, source, { signal });
    }
    case "search": {
      const { scope, query, limit } = asked.input;
      return index.search(scope, query, { limit, signal });
    }
    case "dropRepository":
      await index.dropRepository(asked.input.scope);
      return undefined;
    case "dropTenant":
      await index.dropTenant(asked.input.tenantId);
      return undefined;
    case "count":
      return index.count(asked.input.tenantId);
  }
}

function failureOf(error: unknown): { kind: string; message: string; retryable: boolean } {
  if (error instanceof AicdError) {
    const { kind, message, retryable } = error;
    return { kind, message, retryable };
  }
  return {
    kind: "broken",
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    retryable: true,
  };
}
