import { z } from "zod";
import { refused } from "./allowed.ts";
import { defineTool } from "./tool.ts";

export const write = defineTool({
  name: "write",
  description: "Writes a whole file.",
  input: z.object({ path: z.string().min(1), content: z.string() }),
  readOnly: false,
  async run({ path, content }, scope) {
    const no = refused(scope, path);
    if (no !== undefined) return no;
    await scope.workspace.write(path, content);
    return { kind: "ok", text: `Wrote ${path} (${content.split("\n").length} lines).` };
  },
});
