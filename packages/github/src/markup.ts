const TAG_LIMIT = 4_000;
const LINK_LIMIT = 4_000;
/** `<string>` in prose is somebody's type parameter; anything longer GitHub hides from the reader. */
const BARE_WORD = /^[A-Za-z][A-Za-z0-9_.-]{0,40}$/;
const HTML_TAGS = new Set(
  "a abbr b blockquote br code dd del details div dl dt em font h1 h2 h3 h4 h5 h6 hr i img input ins kbd li ol p picture pre q s samp script source span strike strong style sub summary sup table tbody td template textarea tfoot th thead title tr tt u ul var video".split(
    " ",
  ),
);

/** Removes hidden markup from prose by one scan; inline code is left as it stands. */
export function stripMarkup(text: string, note: (what: string) => void): string {
  let out = "";
  let at = 0;
  let paragraphEnd = -1;
  while (at < text.length) {
    const next = nextMark(text, at);
    out += text.slice(at, next);
    if (next === text.length) break;
    if (next > paragraphEnd) paragraphEnd = findParagraphEnd(text, next);
    const step = text[next] === "`" ? takeCode(text, next, paragraphEnd) : take(text, next, note);
    out += step.keep;
    at = step.end;
  }
  return dropDefinitions(out, note);
}

function nextMark(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === "<" || char === "`" || char === "!" || char === "]") return at;
  }
  return text.length;
}

type Step = { keep: string; end: number };

function take(text: string, at: number, note: (what: string) => void): Step {
  const char = text[at];
  if (char === "<") return takeTag(text, at, note);
  if (char === "!" && text[at + 1] === "[") return takeImage(text, at, note);
  if (char === "]" && text[at + 1] === "(") return takeTarget(text, at, note);
  return { keep: char ?? "", end: at + 1 };
}

/** A run of backticks closes with a run of exactly its length in the same paragraph; else it is plain text. */
function takeCode(text: string, at: number, paragraphEnd: number): Step {
  const open = runEnd(text, at);
  // Different lengths only can stay unclosed in one paragraph, so few of them ever search all of it.
  for (let next = text.indexOf("`", open); next !== -1 && next < paragraphEnd; ) {
    const end = runEnd(text, next);
    if (end - next === open - at) return { keep: text.slice(at, end), end };
    next = text.indexOf("`", end);
  }
  return { keep: text.slice(at, open), end: open };
}

function runEnd(text: string, at: number): number {
  let end = at;
  while (text[end] === "`") end++;
  return end;
}

/** Where the blank line stands that ends the paragraph at `from`. */
function findParagraphEnd(text: string, from: number): number {
  for (let at = text.indexOf("\n", from); at !== -1; ) {
    const next = text.indexOf("\n", at + 1);
    if (next === -1) break;
    if (text.slice(at + 1, next).trim() === "") return at;
    at = next;
  }
  return text.length;
}

/** Removes closed HTML comments everywhere, in what looks like code too. */
export function stripComments(text: string, note: (what: string) => void): string {
  let out = "";
  let from = 0;
  for (let at = text.indexOf("<!--"); at !== -1; at = text.indexOf("<!--", from)) {
    const end = text.indexOf("-->", at + 4);
    if (end === -1) break;
    note("HTML comment");
    out += text.slice(from, at);
    from = end + 3;
  }
  return out + text.slice(from);
}

function takeTag(text: string, at: number, note: (what: string) => void): Step {
  if (text.startsWith("<!--", at)) {
    note("HTML comment");
    const end = text.indexOf("-->", at + 4);
    return { keep: "", end: end === -1 ? text.length : end + 3 };
  }
  const first = text[at + 1] ?? "";
  if (!/[A-Za-z/!?]/.test(first)) return { keep: "<", end: at + 1 };
  const close = text.slice(at, at + TAG_LIMIT).indexOf(">");
  if (close === -1) return { keep: "<", end: at + 1 };
  const inner = text.slice(at + 1, at + close);
  const end = at + close + 1;
  if (/^[a-z]{1,8}:\/\/\S{1,2000}$/i.test(inner) || /^[^\s@<>]{1,100}@[^\s@<>]{1,100}$/.test(inner)) {
    return { keep: inner, end };
  }
  if (BARE_WORD.test(inner) && !HTML_TAGS.has(inner.toLowerCase())) return { keep: `<${inner}>`, end };
  note("HTML tag");
  return { keep: "", end };
}

function takeImage(text: string, at: number, note: (what: string) => void): Step {
  const window = text.slice(at, at + LINK_LIMIT);
  const close = window.indexOf("](");
  const end = close === -1 ? -1 : window.indexOf(")", close);
  if (end === -1) return { keep: "!", end: at + 1 };
  note("image");
  return { keep: "[image]", end: at + end + 1 };
}

/** `](url "title")` → `](url)`: the title shows only on hovering. */
function takeTarget(text: string, at: number, note: (what: string) => void): Step {
  const window = text.slice(at, at + LINK_LIMIT);
  const end = window.indexOf(")");
  if (end === -1) return { keep: "]", end: at + 1 };
  // Angle brackets only quote a target; one left standing could open a tag for the next reader.
  const target = window.slice(2, end).replaceAll(/[<>]/g, "").trim();
  const space = target.search(/\s/);
  if (space === -1) return { keep: `](${target})`, end: at + end + 1 };
  note("link title");
  return { keep: `](${target.slice(0, space)})`, end: at + end + 1 };
}

/** `[x]: url "text"` lines are never shown; a favourite place to hide a sentence. */
function dropDefinitions(text: string, note: (what: string) => void): string {
  if (!text.includes("]:")) return text;
  return text
    .split("\n")
    .filter((line) => {
      if (!/^ {0,3}\[[^\]]{1,500}\]:/.test(line.slice(0, 600))) return true;
      note("link definition");
      return false;
    })
    .join("\n");
}
