import { memberOf } from "./member.ts";
import { behind, isWord, tokensOf } from "./tokens.ts";

const MODIFIERS = new Set(
  `export default declare abstract async public private protected internal static final override open sealed
  pub unsafe inline virtual partial suspend extern const readonly data implicit lazy case mutating fileprivate
  synchronized required convenience local companion`.split(/\s+/),
);
const KINDS = new Set(
  `function class interface type enum def func fun fn struct trait impl module object record protocol union
  namespace defmodule defp defmacro defmacrop defprotocol defimpl defguard defguardp defdelegate macro macro_rules
  const let var val sub package actor extension typealias mixin`.split(/\s+/),
);
/** Constants inside functions are no places to look at. */
const LOCAL = new Set(["const", "let", "var", "val", "type"]);
const LOCAL_INDENT = 4;
const DEEPEST_INDENT = 24;

/** The name that a line defines, in any of the common languages. `before` is the line above it. */
export function definedBy(line: string, before: string): string | undefined {
  const indent = line.search(/\S/);
  if (indent < 0 || indent > DEEPEST_INDENT) return undefined;
  const tokens = tokensOf(line);
  if (tokens[0] === "#" && tokens[1] === "define") return isWord(tokens[2]) ? tokens[2] : undefined;
  const at = behindModifiers(tokens);
  const kind = tokens[at] ?? "";
  // `const` is a modifier in C++ and Rust, and a kind of its own elsewhere.
  const constant = tokens.slice(0, at).includes("const");
  if (KINDS.has(kind) && !".=:,".includes(tokens[at + 1] ?? ".")) {
    if (indent >= LOCAL_INDENT && LOCAL.has(kind)) return undefined;
    return kind === "impl" ? implemented(tokens, at + 1) : nameAfter(tokens, at + 1);
  }
  if (constant && indent < LOCAL_INDENT && isWord(kind)) return kind;
  return assigned(tokens, indent) ?? memberOf({ tokens, at, line, indent, before });
}

/** Past annotations and modifiers: `@Override public static`. */
function behindModifiers(tokens: readonly string[]): number {
  let at = 0;
  while (tokens[at] === "@" && isWord(tokens[at + 1])) {
    const end = behind(tokens, at + 2, ["(", ")"]);
    if (end < 0) return at;
    at = end;
  }
  for (; MODIFIERS.has(tokens[at] ?? ""); at++) {
    // `pub(crate)` of Rust
    if (tokens[at] === "pub" && tokens[at + 1] === "(") at = Math.max(at, tokens.indexOf(")", at));
    else if (isName(tokens[at + 1])) break;
  }
  return at;
}

/** `default (` and `static =` are names, not modifiers. */
function isName(next: string | undefined): boolean {
  return next === "(" || next === "=" || next === ":";
}

/** The name after its keyword, past Go's receiver, generics and `self.`; of `A.B` and `A::B` the last. */
function nameAfter(tokens: readonly string[], start: number): string | undefined {
  let at = behind(tokens, start, ["(", ")"]);
  if (at >= 0) at = behind(tokens, at, ["<", ">"]);
  if (at < 0) return undefined;
  while ("*&!".includes(tokens[at] ?? " ") || tokens[at] === "mut") at += 1;
  // `record struct`, `enum class`
  while (KINDS.has(tokens[at] ?? "") && isWord(tokens[at + 1])) at += 1;
  let name = tokens[at];
  for (;;) {
    const past = behind(tokens, at + 1, ["<", ">"]);
    const dot =
      tokens[past] === "." ? past + 1 : tokens[past] === ":" && tokens[past + 1] === ":" ? past + 2 : -1;
    if (dot < 0 || !isWord(tokens[dot])) break;
    name = tokens[dot];
    at = dot;
  }
  return isWord(name) ? name : undefined;
}

/** `impl Display for Arg` is a part of `Arg`. */
function implemented(tokens: readonly string[], start: number): string | undefined {
  const end = tokens.indexOf("for", start);
  return nameAfter(tokens, end < 0 ? start : end + 1);
}

/** `app.use = function`, `exports.x = (a) =>`, `module.exports.y = async function`, and constants in capitals. */
function assigned(tokens: readonly string[], indent: number): string | undefined {
  if (indent > 0) return undefined;
  let at = 0;
  while (isWord(tokens[at]) && tokens[at + 1] === ".") at += 2;
  const name = tokens[at];
  if (!isWord(name) || tokens[at + 1] !== "=" || tokens[at + 2] === "=") return undefined;
  if (at === 0) return /^[A-Z_][A-Z0-9_]{2,}$/.test(name) ? name : undefined;
  const value = tokens[at + 2] === "async" ? tokens[at + 3] : tokens[at + 2];
  return value === "function" || value === "class" || tokens.includes(">", at + 3) ? name : undefined;
}
