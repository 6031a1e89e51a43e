import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { runBench } from "../bench/agent/bench.ts";
import { startTap } from "../bench/agent/tap.ts";
import { readRecording, startTape } from "../bench/agent/tape.ts";

const TASK = join(import.meta.dirname, "../fixtures/agent-tasks/ts-page-cursor");
const PINS = join(import.meta.dirname, "../fixtures/pins");

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Body = Record<string, unknown>;

/** Every request of one replayed task, as its vendor gets it. */
async function requestsOf(agent: "claude" | "openai"): Promise<Body[]> {
  const tape = await startTape(await readRecording(join(TASK, `recording.${agent}.json`)));
  cleanups.push(() => tape.stop());
  const requests: Body[] = [];
  const tap = await startTap({
    target: tape.url,
    onRequest: (body) => requests.push(body),
    onEvent: () => undefined,
    onEnd: () => undefined,
  });
  cleanups.push(() => tap.stop());
  const options = { tasks: TASK, agent, only: [] as string[], replay: false, json: true };
  const [row] = await runBench(
    { ...options, against: undefined, provider: undefined, model: undefined, budgetUsd: undefined },
    {
      env: { anthropicKey: "k", anthropicUrl: tap.url, openaiKey: "k", openaiUrl: `${tap.url}/v1` },
      signal: new AbortController().signal,
      watcher: { began: () => undefined, progress: () => undefined, ended: () => undefined },
    },
  );
  expect(row, row?.detail).toMatchObject({ solved: true });
  return requests;
}

/**
 * What the agents send, request by request: whole where a conversation begins, then what is added to it,
 * with the prefix of the request before given by a word. It fails when a prefix is not the same bytes any
 * more, since then nothing of it is read from a vendor's cache.
 */
function pin(requests: Body[]): string {
  let before: unknown[] = [];
  const pinned = requests.map((request) => {
    const { messages, input, ...rest } = request;
    const turns = (messages ?? input) as unknown[];
    const marks = turns.flatMap((turn, at) => (JSON.stringify(turn).includes("cache_control") ? [at] : []));
    const plain = turns.map((turn) => withoutMarks(turn));
    const goesOn = plain.length > 1 && before.length > 0;
    if (goesOn) expect(plain.slice(0, before.length)).toEqual(before);
    const added = goesOn ? plain.slice(before.length) : plain;
    const shown = goesOn ? { "same prefix, turns": before.length } : rest;
    before = plain;
    return { ...shown, "turns with a cache mark": marks, turns: added };
  });
  return `${JSON.stringify(pinned, null, 1).split("\n").map(steady).join("\n")}\n`;
}

function withoutMarks(turn: unknown): unknown {
  const text = JSON.stringify(turn, (key, value) => (key === "cache_control" ? undefined : value));
  return JSON.parse(text);
}

/** Takes out what differs from run to run: output of commands and marks that depend on it, reasoning of the replay. */
function steady(line: string): string {
  return (
    line
      .replace(/("id": "rs-|"encrypted_content": ")[^"]*/, "$1…")
      // What a search finds, and in which order, is the code index's to change.
      .replace(/(<data name=\\"candidates\\" mark=\\")\w+(\\">\\n).*?(<\/data mark=\\")\w+/g, "$1…$2…$3…")
      .replace(/(\[exit code \d+\])(?:\\n|").*$/, '$1 …"')
      .replace(
        /(<data name=\\"evidence\\" mark=\\")\w+(\\">\\n)(.*?)(<\/data mark=\\")\w+/g,
        (_, head, open, rows, tail) => {
          const kept = String(rows).match(
            /(?:setup|before the change|with the new tests, without the change|after the change): `[^`]*` [^\\]*/g,
          );
          return `${head}…${open}${(kept ?? []).join("\\n")}\\n${tail}…`;
        },
      )
  );
}

it.each(["claude", "openai"] as const)(
  "what the agents send to %s changes only on purpose",
  async (agent) => {
    const pinned = pin(await requestsOf(agent));

    expect(pinned).not.toMatch(/aicd-bench-\w|duration_ms/);
    await expect(pinned).toMatchFileSnapshot(join(PINS, `${agent}.json`));
  },
);
