import { AicdError, type Workspace } from "@aicd/core";
import { z } from "zod";
import { toExtended } from "./regex.ts";
import { defineTool } from "./tool.ts";

export const search = defineTool({
  name: "search",
  description:
    "Searches file contents by a regular expression or plain text, whatever the case; answers `path:line:text`, with `context` lines around.",
  input: z.object({
    pattern: z.string().min(1).max(500),
    path: z.string().min(1).optional().describe("Directory or file."),
    context: z.number().int().min(0).max(10).optional(),
  }),
  readOnly: true,
  async run({ pattern, path, context }, { workspace }) {
    const options = {
      ...(path === undefined ? {} : { path }),
      ...(context === undefined ? {} : { context }),
    };
    const translated = toExtended(pattern);
    if (translated.kind === "pattern") {
      const found = await asPattern(workspace, translated.pattern, options);
      if (found !== "") return { kind: "ok", text: found };
      if (!SIGNS.test(pattern)) return { kind: "ok", text: "No matches." };
    }
    const found = await workspace.search(pattern, { ...options, literal: true });
    const why =
      translated.kind === "unknown" ? `${translated.what} is not known here` : "no match as a pattern";
    if (found === "") return { kind: "ok", text: `No matches, neither as a pattern nor as plain text.` };
    return { kind: "ok", text: `[searched as plain text: ${why}]\n${found}` };
  },
});

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
