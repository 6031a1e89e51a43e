import { z } from "zod";
import { defineTool } from "./tool.ts";

const LINES_AT_ONCE = 800;
const LINE_CHARACTERS = 2_000;

export const read = defineTool({
  name: "read",
  description:
    "Reads a text file of the repository and shows it with line numbers. Long files are shown in parts: give `from` and `to` (1-based, inclusive).",
  input: z.object({
    path: z.string().min(1).describe("Path relative to the repository root."),
    from: z.number().int().min(1).optional().describe("First line to show."),
    to: z.number().int().min(1).optional().describe("Last line to show."),
  }),
  readOnly: true,
  async run({ path, from = 1, to }, { workspace }) {
    const lines = (await workspace.read(path)).split("\n");
    if (lines.at(-1) === "") lines.pop();
    if (lines.length === 0) return { kind: "ok", text: `${path} is empty.` };
    if (from > lines.length) {
      return { kind: "error", text: `${path} has ${lines.length} lines; line ${from} does not exist.` };
    }
    const last = Math.min(to ?? lines.length, lines.length, from + LINES_AT_ONCE - 1);
    const shown = lines.slice(from - 1, last).map((line, index) => `${from + index}\t${cut(line)}`);
    const rest = last < lines.length ? `\n[${path} has ${lines.length} lines, shown ${from}-${last}]` : "";
    return { kind: "ok", text: shown.join("\n") + rest };
  },
});

function cut(line: string): string {
  return line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)}…` : line;
}
