export type CodeSymbol = { name: string; from: number; to: number };

const WORDS =
  "(?:export|default|declare|abstract|async|public|private|protected|internal|static|final|override|open|sealed|pub(?:\\([a-z]+\\))?|unsafe|inline|virtual|partial|suspend)";
const KINDS =
  "(?:function\\*?|class|interface|type|enum|def|func|fn|struct|trait|module|object|record|protocol|namespace|macro_rules!|const|let|var|val)";
const DEFINITION = new RegExp(
  `^(\\s*)(?:${WORDS}\\s+)*${KINDS}\\s+(?:\\([^)]{0,100}\\)\\s*)?([A-Za-z_$][\\w$]*[?!]?)`,
);
/** `public List<String> names(int n) {` of Java, C#, Kotlin and C++, which have no keyword for it. */
const METHOD = new RegExp(
  `^(\\s*)(?:${WORDS}\\s+)+(?:[\\w<>\\[\\],.?]+\\s+){0,3}([A-Za-z_$][\\w$]*)\\s*\\([^;]*$`,
);
/** Constants inside functions are no places to look at. */
const LOCAL_INDENT = 4;

/** Definitions of a source file, by the shape of their lines: each reaches to the next one. */
export function symbolsOf(lines: readonly string[]): CodeSymbol[] {
  const found: CodeSymbol[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.length > 300) continue;
    const match = DEFINITION.exec(line) ?? METHOD.exec(line);
    if (match === null) continue;
    const [, indent = "", name = ""] = match;
    if (indent.length >= LOCAL_INDENT && /^\s*(?:const|let|var|val|type)\s/.test(line)) continue;
    const last = found.at(-1);
    if (last !== undefined) last.to = index;
    found.push({ name, from: index + 1, to: lines.length });
  }
  return found;
}
