import type { CodeHit } from "@aicd/core";
import { z } from "zod";
import { defineTool } from "./tool.ts";

const MOST = 20;

export const searchCode = defineTool({
  name: "search_code",
  description:
    "Ranks the files and definitions that have most to do with words, an error message or a stack trace.",
  input: z.object({
    query: z.string().min(1).max(8_000),
    limit: z.number().int().min(1).max(MOST).default(10),
  }),
  readOnly: true,
  async run({ query, limit }, { codeSearch, signal }) {
    const hits = await codeSearch.search(query, { limit, signal });
    if (hits.length === 0) return { kind: "ok", text: "Nothing fits. Try other words, or `search`." };
    return { kind: "ok", text: listHits(hits) };
  },
});

/** One line a place, the best first. */
export function listHits(hits: readonly CodeHit[]): string {
  const lines = hits.map(({ path, symbol, from, to, reason }, index) => {
    const name = symbol === null ? "" : ` ${symbol}`;
    return `${index + 1}. ${path}:${from}-${to}${name} (${reason})`;
  });
  return lines.join("\n");
}
