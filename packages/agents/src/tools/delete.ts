import { z } from "zod";
import { defineTool } from "./tool.ts";

export const deleteFile = defineTool({
  name: "delete",
  description: "Deletes a file.",
  input: z.object({ path: z.string().min(1) }),
  readOnly: false,
  async run({ path }, { workspace }) {
    await workspace.delete(path);
    return { kind: "ok", text: `Deleted ${path}.` };
  },
});
