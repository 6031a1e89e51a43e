import { z } from "zod";
import { defineTool } from "./tool.ts";

export const list = defineTool({
  name: "list",
  description: "Lists a directory.",
  input: z.object({
    path: z.string().default("."),
  }),
  readOnly: true,
  async run({ path }, { workspace }) {
    const names = await workspace.list(path);
    return { kind: "ok", text: names.length === 0 ? `${path} is empty.` : names.join("\n") };
  },
});
