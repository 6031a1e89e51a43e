import { INDEX_LIMITS } from "../limits.ts";

/** A definition and the lines from it to the next one, 1-based and inclusive. */
export type CodeSymbol = { name: string; from: number; to: number };

const MODIFIERS = new Set(
  `export default declare abstract async public private protected internal static final override open sealed
  pub unsafe inline virtual partial suspend extern const readonly data`.split(/\s+/),
);
const KINDS = new Set(
  `function class interface type enum def func fun fn struct trait impl module object record protocol
  namespace defmodule defp macro const let var val sub package`.split(/\s+/),
);
/** Constants inside functions are no places to look at. */
const LOCAL = new Set(["const", "let", "var", "val", "type"]);
const LOCAL_INDENT = 4;
/** Words that stand before a bracket without naming a method. */
const STATEMENTS = new Set(
  `if for while switch catch return throw await with elif else except assert print new typeof match when
  do try super this using lock foreach yield not and or in is sizeof defined require import`.split(/\s+/),
);
const TOKEN = /[A-Za-z_$][\w$]*|\S/g;
const MOST_TOKENS = 24;

/**
 * Definitions of a source file in any of the common languages, by how their lines begin. Each line is
 * looked at once, and only at its first tokens.
 */
export function symbolsOf(lines: readonly string[]): CodeSymbol[] {
  const found: CodeSymbol[] = [];
  for (const [index, line] of lines.entries()) {
    const name = line.length > INDEX_LIMITS.lineCharacters ? undefined : definedBy(line);
    if (name === undefined) continue;
    const last = found.at(-1);
    if (last !== undefined) last.to = index;
    found.push({ name, from: index + 1, to: lines.length });
  }
  return found;
}

function definedBy(line: string): string | undefined {
  const indent = line.search(/\S/);
  if (indent < 0 || indent > 24) return undefined;
  const tokens = tokensOf(line);
  let at = 0;
  for (; MODIFIERS.has(tokens[at] ?? ""); at++) {
    // `pub(crate)` of Rust
    if (tokens[at] === "pub" && tokens[at + 1] === "(") at = Math.max(at, tokens.indexOf(")", at));
    else if (isName(tokens[at], tokens[at + 1])) break;
  }
  const kind = tokens[at] ?? "";
  // `const` is a modifier in C++ and Rust, and a kind of its own elsewhere.
  const constant = tokens.slice(0, at).includes("const");
  if (KINDS.has(kind) && !".=:,".includes(tokens[at + 1] ?? ".")) {
    if (indent >= LOCAL_INDENT && LOCAL.has(kind)) return undefined;
    return nameAfter(tokens, at + 1);
  }
  if (constant && indent < LOCAL_INDENT && isWord(kind)) return kind;
  return assigned(tokens, indent) ?? methodOf(tokens, at, line, indent);
}

/** `default (` and `static =` are names, not modifiers. */
function isName(token: string | undefined, next: string | undefined): boolean {
  return token !== undefined && (next === "(" || next === "=" || next === ":");
}

/** The name after its keyword, past Go's receiver, generics and `self.`. */
function nameAfter(tokens: readonly string[], start: number): string | undefined {
  let at = start;
  for (const [open, close] of [
    ["(", ")"],
    ["<", ">"],
  ] as const) {
    if (tokens[at] !== open) continue;
    const end = tokens.indexOf(close, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  while (tokens[at] === "*" || tokens[at] === "&" || tokens[at] === "!" || tokens[at] === "mut") at += 1;
  if (tokens[at] === "self" && tokens[at + 1] === ".") at += 2;
  const name = tokens[at];
  return name !== undefined && isWord(name) ? name : undefined;
}

/** `app.use = function`, `exports.x = (a) =>`, `module.exports.y = async function`, and constants in capitals. */
function assigned(tokens: readonly string[], indent: number): string | undefined {
  if (indent > 0) return undefined;
  let at = 0;
  while (isWord(tokens[at] ?? "") && tokens[at + 1] === ".") at += 2;
  const name = tokens[at] ?? "";
  if (!isWord(name) || tokens[at + 1] !== "=" || tokens[at + 2] === "=") return undefined;
  if (at === 0) return /^[A-Z_][A-Z0-9_]{2,}$/.test(name) ? name : undefined;
  const value = tokens[at + 2] === "async" ? tokens[at + 3] : tokens[at + 2];
  return value === "function" || value === "class" || tokens.includes(">", at + 3) ? name : undefined;
}

/** `public List<String> names(int n) {`, `  render(props) {`, `static int parse(char *s)`: no keyword for it. */
function methodOf(tokens: readonly string[], at: number, line: string, indent: number): string | undefined {
  const open = tokens.indexOf("(", at);
  const name = tokens[open - 1];
  if (open < 1 || name === undefined || !isWord(name) || STATEMENTS.has(name)) return undefined;
  const end = line.trimEnd();
  if (end.endsWith(";") || STATEMENTS.has(tokens[at] ?? "")) return undefined;
  const before = tokens.slice(at, open - 1);
  if (!before.every((token) => isWord(token) || "<>[],.?*&:~".includes(token))) return undefined;
  if (before.includes(".")) return undefined;
  // A call has nothing before its name and no block after it.
  if (before.length === 0) return end.endsWith("{") && indent > 0 && indent <= 8 ? name : undefined;
  if (before.length === 1 && before[0] !== undefined && STATEMENTS.has(before[0])) return undefined;
  return at > 0 || end.endsWith("{") || (indent === 0 && end.endsWith(")")) ? name : undefined;
}

function isWord(token: string): boolean {
  return /^[A-Za-z_$]/.test(token);
}

function tokensOf(line: string): string[] {
  const tokens: string[] = [];
  for (const [token] of line.matchAll(TOKEN)) {
    tokens.push(token);
    if (tokens.length === MOST_TOKENS) break;
  }
  return tokens;
}
