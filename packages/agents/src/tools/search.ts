import { type AgentScope, AicdError, type CodeHit, type Workspace } from "@aicd/core";
import { z } from "zod";
import { toExtended } from "./regex.ts";
import { defineTool } from "./tool.ts";

export const search = defineTool({
  name: "search",
  description:
    "Finds a regular expression or plain text, in any case, as `path:line:text`; where there is none, places that fit the words.",
  input: z.object({
    pattern: z.string().min(1).max(8_000),
    path: z.string().min(1).optional(),
    context: z.number().int().min(0).max(10).optional(),
  }),
  readOnly: true,
  async run({ pattern, path, context }, scope) {
    const { workspace } = scope;
    const options = {
      ...(path === undefined ? {} : { path }),
      ...(context === undefined ? {} : { context }),
    };
    const translated = toExtended(pattern);
    if (translated.kind === "pattern") {
      const found = await asPattern(workspace, translated.pattern, options);
      if (found !== "") return { kind: "ok", text: found };
      if (!SIGNS.test(pattern)) return { kind: "ok", text: await byWords(scope, pattern, path) };
    }
    const found = await workspace.search(pattern, { ...options, literal: true });
    const why =
      translated.kind === "unknown" ? `${translated.what} is not known here` : "no match as a pattern";
    if (found === "") return { kind: "ok", text: await byWords(scope, pattern, path) };
    return { kind: "ok", text: `[searched as plain text: ${why}]\n${found}` };
  },
});

const PLACES = 10;

/** What has most to do with the words, where they stand nowhere as they are. */
async function byWords(
  { codeSearch, signal }: AgentScope,
  query: string,
  path: string | undefined,
): Promise<string> {
  // A search of one place is no question to the whole.
  const hits = path === undefined ? await codeSearch.search(query, { limit: PLACES, signal }) : [];
  return hits.length === 0 ? "No matches." : `No matches. What fits the words best:\n${listHits(hits)}`;
}

/** One line a place, the best first. */
export function listHits(hits: readonly CodeHit[]): string {
  const lines = hits.map(({ path, symbol, from, to, reason }, index) => {
    const name = symbol === null ? "" : ` ${symbol}`;
    return `${index + 1}. ${path}:${from}-${to}${name} (${reason})`;
  });
  return lines.join("\n");
}

/** What means something else in a pattern than in a text. */
const SIGNS = /[\\^$.*+?()[\]{}|]/;

/** Empty also for what is no pattern at all, as `foo(` is none. */
async function asPattern(
  workspace: Workspace,
  pattern: string,
  options: Parameters<Workspace["search"]>[1],
): Promise<string> {
  try {
    return await workspace.search(pattern, options);
  } catch (error) {
    if (error instanceof AicdError && error.kind === "invalid") return "";
    throw error;
  }
}
