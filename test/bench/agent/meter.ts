import { createHash } from "node:crypto";
import type { Tokens } from "../../../packages/core/src/index.ts";

type Json = Record<string, unknown>;

const CHARACTERS_PER_TOKEN = 3.5;
/** Shorter prefixes are not cached; so say both vendors for the models the recordings are of. */
const LEAST_CACHED_TOKENS = 1_024;
/** How far before a mark Anthropic looks for what it has. */
const LOOK_BACK_BLOCKS = 20;

export type Meter = { input(body: Json): Omit<Tokens, "output"> };

/**
 * The input of a request as its vendor would count and bill it, from what is really sent: the prefixes it has seen
 * before are read from its cache. By the published rules: Anthropic's prompt caching (tools, then system, then
 * messages; written and read at the marks, with a look back of 20 blocks) and OpenAI's (the longest prefix, by
 * itself, in steps of 128 tokens, nothing for writing). Tokens are estimated by length, the same for everybody.
 */
export function createMeter(): Meter {
  const known = new Set<string>();
  return {
    input(body) {
      const blocks = blocksOf(body);
      const sums = running(blocks.map(({ text }) => text));
      const total = sums.at(-1)?.tokens ?? 0;
      const marks = blocks.flatMap(({ marked }, index) => (marked ? [index] : []));
      const isAnthropic = "max_tokens" in body && !("instructions" in body) && "system" in body;
      const looked = isAnthropic ? lookedAt(marks) : blocks.map((_, index) => index).reverse();
      const hit = looked.find((at) => known.has(sums[at]?.digest ?? "") && isCachable(sums[at]?.tokens));
      const read = hit === undefined ? 0 : (sums[hit]?.tokens ?? 0);
      for (const at of isAnthropic ? marks : sums.keys()) known.add(sums[at]?.digest ?? "");
      if (!isAnthropic) {
        const cacheRead = read - (read % 128);
        return { input: total - cacheRead, cacheRead, cacheWrite: 0 };
      }
      const end = sums[marks.at(-1) ?? -1]?.tokens ?? 0;
      const written = isCachable(end) ? Math.max(0, end - read) : 0;
      return { input: total - read - written, cacheRead: read, cacheWrite: written };
    },
  };
}

function isCachable(tokens: number | undefined): boolean {
  return (tokens ?? 0) >= LEAST_CACHED_TOKENS;
}

/** Blocks whose prefix may be found, the longest first. */
function lookedAt(marks: readonly number[]): number[] {
  const places = marks.flatMap((mark) =>
    Array.from({ length: Math.min(LOOK_BACK_BLOCKS, mark + 1) }, (_, back) => mark - back),
  );
  return [...new Set(places)].sort((a, b) => b - a);
}

type Block = { text: string; marked: boolean };

/** In the order in which vendors read a request; where a mark stands is no part of the text. */
function blocksOf(body: Json): Block[] {
  const { tools, system, instructions, messages, input } = body;
  const talk = list(messages ?? input).flatMap((message) => {
    const { role, content, ...rest } = message as Json;
    if (!Array.isArray(content)) return [toBlock({ role, content, ...rest })];
    return content.map((part) => toBlock({ role, ...(part as Json) }));
  });
  const before = list(system ?? (instructions === undefined ? [] : [{ text: instructions }]));
  return [...list(tools), ...before].map((part) => toBlock(part as Json)).concat(talk);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : typeof value === "string" ? [{ text: value }] : [];
}

function toBlock({ cache_control, ...block }: Json): Block {
  return { text: JSON.stringify(block), marked: cache_control !== undefined };
}

/** Digest and length of each prefix. */
function running(texts: readonly string[]): { digest: string; tokens: number }[] {
  let digest = "";
  let characters = 0;
  return texts.map((text) => {
    digest = createHash("sha256").update(digest).update(text).digest("hex");
    characters += text.length;
    return { digest, tokens: Math.ceil(characters / CHARACTERS_PER_TOKEN) };
  });
}
