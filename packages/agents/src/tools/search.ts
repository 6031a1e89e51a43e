import { z } from "zod";
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
    const found = await workspace.search(pattern, {
      ...(path === undefined ? {} : { path }),
      ...(context === undefined ? {} : { context }),
    });
    return { kind: "ok", text: found === "" ? "No matches." : found };
  },
});
