/** What a question names outright. `traced` are the lines of stack traces, the innermost call last. */
export type Mentions = { paths: string[]; modules: string[][]; traced: string[] };

const PATH = /[\w@.-]+(?:[/\\][\w@.-]+)*\.[A-Za-z][A-Za-z0-9]{0,4}\b/g;
const MODULE = /\b[A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*){1,6}\b/g;
const LONGEST_PATH = 300;
const MOST = 400;

/** Paths, dotted names and stack traces of a text. */
export function mentionsOf(text: string): Mentions {
  const paths = new Set<string>();
  const modules = new Map<string, string[]>();
  const traced: string[] = [];
  for (const line of text.split("\n")) {
    const isTrace = /^\s*(?:File "|at |from )|:\d+(?::\d+)?\)?:?\s/.test(`${line.slice(0, 400)} `);
    for (const [raw] of line.slice(0, 2_000).matchAll(PATH)) {
      if (raw.length > LONGEST_PATH || paths.size > MOST) continue;
      const path = raw.replaceAll("\\", "/").replace(/^(?:\.{1,2}\/)+/, "");
      paths.add(path);
      if (isTrace) traced.push(path);
    }
    for (const [raw] of line.slice(0, 2_000).matchAll(MODULE)) {
      if (modules.size > MOST) break;
      modules.set(raw, raw.split(/\.|::/));
    }
  }
  return { paths: [...paths], modules: [...modules.values()], traced };
}
