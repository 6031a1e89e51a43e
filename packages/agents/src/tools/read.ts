import { AicdError, type Workspace } from "@aicd/core";
import { z } from "zod";
import { RESULT_CHARACTERS } from "./bound.ts";
import { outputOf } from "./outputs.ts";
import { defineTool } from "./tool.ts";

const LINES_AT_ONCE = 800;
const LINE_CHARACTERS = 2_000;
/** Below what one result may take, so that no lines are lost from its middle. */
const SHOWN_CHARACTERS = RESULT_CHARACTERS - 500;

export const read = defineTool({
  name: "read",
  description: "Shows a text file, of a long one the lines `from` to `to`; or the names in a directory.",
  input: z.object({
    path: z.string().min(1),
    from: z.number().int().min(1).optional(),
    to: z.number().int().min(1).optional(),
  }),
  readOnly: true,
  async run({ path, from = 1, to }, { workspace }) {
    const text = outputOf(workspace, path) ?? (await textOf(workspace, path));
    if (Array.isArray(text)) return { kind: "ok", text: text.join("\n") || `${path} is empty.` };
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    if (lines.length === 0) return { kind: "ok", text: `${path} is empty.` };
    if (from > lines.length) {
      return { kind: "error", text: `${path} has ${lines.length} lines; line ${from} does not exist.` };
    }
    if (to !== undefined && to < from) {
      return { kind: "error", text: `\`to\` is ${to} and \`from\` is ${from}; give the earlier line first.` };
    }
    const end = Math.min(to ?? lines.length, lines.length, from + LINES_AT_ONCE - 1);
    const shown = fitting(lines.slice(from - 1, end).map(cut));
    const last = from + shown.length - 1;
    const isPart = from > 1 || last < lines.length;
    const rest = isPart ? `\n[${path} has ${lines.length} lines, shown ${from}-${last}]` : "";
    return { kind: "ok", text: shown.join("\n") + rest };
  },
});

/** A file's text, or the names in a directory. */
async function textOf(workspace: Workspace, path: string): Promise<string | string[]> {
  try {
    return await workspace.read(path);
  } catch (refusal) {
    if (!(refusal instanceof AicdError) || refusal.kind === "forbidden") throw refusal;
    try {
      return await workspace.list(path);
    } catch {
      // No directory either: what is wrong with it as a file is what was asked.
      throw refusal;
    }
  }
}

/** The first lines that fit, one at least. */
function fitting(lines: string[]): string[] {
  let size = 0;
  const past = lines.findIndex((line) => {
    size += line.length + 1;
    return size > SHOWN_CHARACTERS;
  });
  return past === -1 ? lines : lines.slice(0, Math.max(1, past));
}

function cut(line: string): string {
  return line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)}…` : line;
}
