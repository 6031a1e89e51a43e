import { z } from "zod";
import { refused } from "./allowed.ts";
import { closest } from "./closest.ts";
import { indented } from "./indented.ts";
import { defineTool } from "./tool.ts";

export const edit = defineTool({
  name: "edit",
  description: "Replaces `old`, which occurs exactly so and once (or `all`), by `new`.",
  input: z.object({
    path: z.string().min(1),
    old: z.string().min(1),
    new: z.string(),
    all: z.boolean().optional(),
  }),
  readOnly: false,
  async run({ path, all = false, ...input }, scope) {
    const no = refused(scope, path);
    if (no !== undefined) return no;
    const { workspace } = scope;
    const content = await workspace.read(path);
    if (content.includes(UNREADABLE)) return { kind: "error", text: foreign(path) };
    const [old, replacement] = [asIn(content, input.old), asIn(content, input.new)];
    if (old === replacement) return { kind: "error", text: "`old` and `new` are the same text." };
    const count = content.split(old).length - 1;
    if (count === 0) {
      const near = indented(content, old, replacement);
      if (near === undefined) return { kind: "error", text: miss(path, content, old) };
      await workspace.write(path, near.content);
      const text = `Replaced in ${path}, line ${near.line}. The file indents otherwise than \`old\`; \`new\` was indented as the file is.`;
      return { kind: "ok", text };
    }
    if (count > 1 && !all) {
      return {
        kind: "error",
        text: `\`old\` occurs ${count} times in ${path}. Add surrounding lines to make it unique, or set \`all\`.`,
      };
    }
    await workspace.write(path, content.split(old).join(replacement));
    const changed = all
      ? `${count} places`
      : `line ${content.slice(0, content.indexOf(old)).split("\n").length}`;
    return { kind: "ok", text: `Replaced in ${path}, ${changed}.` };
  },
});

/** Stands where bytes were no UTF-8; written back, it would replace them. */
const UNREADABLE = "\uFFFD";

function foreign(path: string): string {
  return `${path} has bytes that are not UTF-8, which an edit would damage. Change it with \`run\` instead, e.g. by sed or a script that knows its encoding.`;
}

/** Models write plain line ends; in a file that has Windows' throughout, theirs are meant. */
function asIn(content: string, text: string): string {
  const plain = /(?<!\r)\n/;
  if (!content.includes("\r\n") || plain.test(content)) return text;
  return text.replace(new RegExp(plain, "g"), "\r\n");
}

function miss(path: string, content: string, old: string): string {
  const near = closest(content, old);
  const hint =
    near === undefined
      ? "Nothing similar is there; read the file again."
      : `The closest text is at line ${near.line}; use it exactly as it stands:\n\`\`\`\n${near.text}\n\`\`\``;
  return `\`old\` does not occur in ${path}. ${hint}`;
}
