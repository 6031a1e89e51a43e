import { z } from "zod";
import { refused } from "./allowed.ts";
import { defineTool } from "./tool.ts";

export const deleteFile = defineTool({
  name: "delete",
  description: "Deletes a file.",
  input: z.object({ path: z.string().min(1) }),
  readOnly: false,
  async run({ path }, scope) {
    const no = refused(scope, path);
    if (no !== undefined) return no;
    await scope.workspace.delete(path);
    return { kind: "ok", text: `Deleted ${path}.` };
  },
});
