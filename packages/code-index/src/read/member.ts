import { isWord } from "./tokens.ts";

/** A line whose name no keyword announces; its modifiers end at token `at`. */
type Line = { tokens: readonly string[]; at: number; line: string; indent: number; before: string };

/** Words that stand before a bracket without naming a method. */
const STATEMENTS = new Set(
  `if for while switch catch return throw await with elif else except assert print new typeof match when
  do try super this using lock foreach yield not and or in is sizeof defined require import delete case goto
  unless until`.split(/\s+/),
);
const ACCESSORS = new Set(["get", "set", "init"]);
const DEEPEST_MEMBER = 8;
/** What may stand in the type before a name. */
const OF_TYPES = "<>[],.?*&:~";

/** `public List<String> names(int n) {`, `  render(props) {`, `public int Count => 3;`, `  #close = async () => {`. */
export function memberOf(given: Line): string | undefined {
  // `#close()` of JavaScript
  const isPrivate = given.tokens[given.at] === "#" && given.indent > 0;
  const line = isPrivate ? { ...given, at: given.at + 1 } : given;
  return arrowOf(line) ?? propertyOf(line) ?? methodOf(line);
}

/** `send = async (x) => {`, `send: function (x) {`: functions as members of classes and objects. */
function arrowOf({ tokens, at, line, indent }: Line): string | undefined {
  const name = tokens[at];
  if (indent === 0 || indent > DEEPEST_MEMBER || !isWord(name) || STATEMENTS.has(name)) return undefined;
  if (tokens[at + 1] !== "=" && tokens[at + 1] !== ":") return undefined;
  const first = tokens[at + 2] === "async" ? at + 3 : at + 2;
  if (tokens[first] === "function") return name;
  return tokens[first] === "(" && /=>(?:\s*\{)?\s*$/.test(line) ? name : undefined;
}

/** `public string Name { get; set; }`, `public int Count => items.Count;` of C#. */
function propertyOf({ tokens, at }: Line): string | undefined {
  if (at === 0) return undefined;
  const end = tokens.findIndex(
    (token, place) => place > at && (token === "{" || token === "=" || token === "("),
  );
  const name = tokens[end - 1];
  if (end < at + 2 || !isWord(name) || tokens[end] === "(" || !isType(tokens.slice(at, end - 1)))
    return undefined;
  if (tokens[end] === "=") return tokens[end + 1] === ">" ? name : undefined;
  return tokens.slice(end + 1, end + 3).some((token) => ACCESSORS.has(token)) ? name : undefined;
}

function methodOf({ tokens, at, line, indent, before: above }: Line): string | undefined {
  const open = tokens.indexOf("(", at);
  const last = behindGenerics(tokens, open - 1);
  const name = tokens[last];
  if (open < 1 || last < at || !isWord(name) || STATEMENTS.has(name)) return undefined;
  const end = line.trimEnd();
  const isExpression = at > 0 && end.includes("=>");
  if ((end.endsWith(";") && !isExpression) || STATEMENTS.has(tokens[at] ?? "")) return undefined;
  const before = tokens.slice(at, last);
  if (!isType(before)) return undefined;
  if (at > 0) return name;
  // A call has nothing before its name and no block after it.
  if (before.length === 0) {
    if (indent === 0) return isTypeAlone(above) && /[){,]$/.test(end) ? name : undefined;
    return end.endsWith("{") && indent <= DEEPEST_MEMBER ? name : undefined;
  }
  if (before.includes(".") && !end.endsWith("{")) return undefined;
  return end.endsWith("{") || (indent === 0 && /[),]$/.test(end)) ? name : undefined;
}

/** Of `Get<TKey, TValue>(` the place of `Get`. */
function behindGenerics(tokens: readonly string[], at: number): number {
  if (tokens[at] !== ">") return at;
  let depth = 0;
  for (let place = at; place >= 0; place--) {
    if (tokens[place] === ">") depth += 1;
    else if (tokens[place] === "<") depth -= 1;
    if (depth === 0) return place - 1;
  }
  return -1;
}

function isType(tokens: readonly string[]): boolean {
  return tokens.every((token) => (isWord(token) && !STATEMENTS.has(token)) || OF_TYPES.includes(token));
}

/** In C the type of what a function answers often has a line of its own. */
function isTypeAlone(line: string): boolean {
  return /^[A-Za-z_][\w \t*]{0,200}$/.test(line) && !STATEMENTS.has(line.split(/\s/)[0] ?? "");
}
