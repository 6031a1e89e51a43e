import MarkdownIt, { type Token } from "markdown-it";

/** What stands in these is folded away, somebody else's, code, or taken back. */
const HIDING = new Set(
  "blockquote code del details iframe kbd math noscript pre q s samp script select strike style summary svg template textarea title tt xmp".split(
    " ",
  ),
);
const TAG = /<(\/?)([a-z][a-z0-9]*)(?=[\s/>])/gi;
/** Private to the reader: marks where a line of a paragraph begins, through every rule of the grammar. */
const MARK = "\uE000";

/**
 * CommonMark as GitHub reads it, with the rules that decide whether a line is a person's own words. Without the
 * rules for links and emphasis it is linear in what it reads, whatever that is; micromark is not.
 */
const markdown = new MarkdownIt("commonmark");
markdown.core.ruler.enableOnly(["normalize", "block"]);
markdown.inline.ruler.enableOnly(["newline", "escape", "backticks", "html_inline"]);
markdown.inline.ruler2.enableOnly([]);

export type SpokenLine = {
  /** As it is read, without blanks around it. */
  text: string;
  /** From zero, in the body. */
  number: number;
  /** All of the line is one code span. */
  code: boolean;
};

/**
 * The lines of a body that its reader takes for the author's own words: none in comments, folds, quotes, code or
 * lists. A line that only continues a quote or a list because no blank line parts them was typed as its own.
 */
export function spokenLines(body: string): SpokenLine[] {
  const text = body.replaceAll(MARK, "").replaceAll(/\r\n?/g, "\n");
  const source = text.split("\n");
  const open = createOpenTags();
  const containers: (() => void)[] = [];
  const spoken: SpokenLine[] = [];
  for (const token of markdown.parse(text, {})) {
    const { type, nesting } = token;
    if (type === "html_block") open.read(token.content);
    else if (type === "inline") {
      for (const line of linesOf(token, open)) {
        const raw = source[line.number] ?? "";
        const start = line.code ? "`" : line.text.slice(0, 1);
        if ((containers.length === 0 ? raw.trimStart() : raw).startsWith(start)) spoken.push(line);
      }
    } else if (type === "list_item_open" || type === "blockquote_open") containers.push(open.save());
    else if (nesting === -1 && (type === "list_item_close" || type === "blockquote_close")) {
      // Where an item or a quote ends, so does whatever was opened in it.
      containers.pop()?.();
    }
  }
  return spoken;
}

/** Takes closed HTML comments out of a text. */
export function withoutComments(text: string): string {
  let out = "";
  let from = 0;
  for (let at = text.indexOf("<!--"); at !== -1; at = text.indexOf("<!--", from)) {
    const end = text.indexOf("-->", at + 4);
    if (end === -1) break;
    out += text.slice(from, at);
    from = end + 3;
  }
  return out + text.slice(from);
}

type OpenTags = { read(html: string): void; hides(): boolean; save(): () => void };

function createOpenTags(): OpenTags {
  let counts = new Map<string, number>();
  return {
    read(html) {
      if (/^<[!?]/.test(html.trimStart())) return;
      for (const [, slash, name = ""] of withoutComments(html).matchAll(TAG)) {
        const tag = name.toLowerCase();
        if (!HIDING.has(tag)) continue;
        const count = (counts.get(tag) ?? 0) + (slash === "/" ? -1 : 1);
        if (count > 0) counts.set(tag, count);
        else counts.delete(tag);
      }
    },
    hides: () => counts.size > 0,
    save() {
      const before = new Map(counts);
      return () => {
        counts = before;
      };
    },
  };
}

/** The lines of one paragraph or heading that begin in its plain text. */
function linesOf(token: Token, open: OpenTags): SpokenLine[] {
  const first = token.map?.[0] ?? 0;
  const lines = token.content.split("\n");
  const marked = lines.map((line, index) => `${MARK}${first + index}${MARK}${line.trimStart()}`).join("\n");
  const tokens: Token[] = [];
  markdown.inline.parse(marked, markdown, {}, tokens);
  const found: SpokenLine[] = [];
  for (const [index, { type, content }] of tokens.entries()) {
    if (type === "html_inline") open.read(content);
    const [, number, rest] = type === "text" ? content.split(MARK) : [];
    if (number === undefined || rest === undefined || open.hides()) continue;
    const line = lines[Number(number) - first]?.trim() ?? "";
    const next = tokens[index + 1];
    const after = tokens[index + 2]?.type;
    const code = rest === "" && next?.type === "code_inline";
    const alone = after === undefined || after === "softbreak" || after === "hardbreak";
    if (code && alone) found.push({ text: next.content.trim(), number: Number(number), code: true });
    // What does not begin with plain text begins with markup, and is no command.
    else if (rest !== "") found.push({ text: line, number: Number(number), code: false });
  }
  return found;
}
