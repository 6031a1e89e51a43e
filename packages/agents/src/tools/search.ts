import { z } from "zod";
import { toExtended } from "./regex.ts";
import { defineTool } from "./tool.ts";

export const search = defineTool({
  name: "search",
  description:
    "Searches file contents with an extended regular expression and answers `path:line:text`. Narrow it with `path`; see surroundings with `context` lines.",
  input: z.object({
    pattern: z.string().min(1).max(500),
    path: z
      .string()
      .min(1)
      .optional()
      .describe("Directory or file to search in; the whole repository if absent."),
    context: z.number().int().min(0).max(10).optional(),
  }),
  readOnly: true,
  async run({ pattern, path, context }, { workspace }) {
    const translated = toExtended(pattern);
    if (translated.kind === "unknown") {
      const text = `${translated.what} is not known here; the search speaks extended regular expressions. Search for something simpler, or use \`run\` with \`grep -P\`.`;
      return { kind: "error", text };
    }
    const found = await workspace.search(translated.pattern, {
      ...(path === undefined ? {} : { path }),
      ...(context === undefined ? {} : { context }),
    });
    return { kind: "ok", text: found === "" ? "No matches." : found };
  },
});
