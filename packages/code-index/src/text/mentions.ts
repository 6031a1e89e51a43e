/** What a question names outright. `traced` are the files of stack traces, the innermost call last. */
export type Mentions = { paths: string[]; modules: string[][]; traced: string[] };

const PATH = /[\w@.-]+(?:[/\\][\w@.-]+)*\.[A-Za-z][A-Za-z0-9]{0,4}\b/g;
const MODULE = /\b[A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*){1,6}\b/g;
const LONGEST_PATH = 300;
const LINE_CHARACTERS = 400;
const MOST = 400;

/** Paths, dotted names and stack traces of a text. */
export function mentionsOf(text: string): Mentions {
  const paths = new Set<string>();
  const modules = new Map<string, string[]>();
  const traced: string[] = [];
  for (const whole of text.split("\n")) {
    const line = whole.slice(0, LINE_CHARACTERS);
    const isTrace = /File "|^\s*at |[a-z]:\d{1,6}\b|\.py in \w/.test(line);
    for (const [raw] of line.matchAll(PATH)) {
      if (raw.length > LONGEST_PATH || paths.size > MOST) continue;
      const path = raw.replaceAll("\\", "/").replace(/^(?:\.{1,2}\/)+/, "");
      paths.add(path);
      if (isTrace) traced.push(path);
    }
    for (const [raw] of line.matchAll(MODULE)) {
      if (modules.size > MOST) break;
      modules.set(raw, raw.split(/\.|::/));
    }
  }
  return { paths: [...paths], modules: [...modules.values()], traced };
}

const NAME = /[A-Za-z_$][\w$]*/g;

/** Identifiers of a text that are more than a word: `keep_attrs`, `resolveRedirects`, `.where(`, `Session`. */
export function namesIn(text: string, isCode: boolean): Set<string> {
  const names = new Set<string>();
  for (const match of text.matchAll(NAME)) {
    const [name] = match;
    if (name.length < 3 || name.length > 80) continue;
    const before = text[match.index - 1] ?? "";
    const after = text[match.index + name.length] ?? "";
    const isTelling =
      /[_$]|[a-z][A-Z]|[A-Z]{2}/.test(name) || after === "(" || before === "." || before === "`";
    if (isTelling || (isCode && /^[A-Z]/.test(name))) names.add(name);
  }
  return names;
}
