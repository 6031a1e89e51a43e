/** A value in a workflow expression. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Context = { [name: string]: Value };
export type Functions = Record<string, (...args: Value[]) => Value>;

/** Replaces every `${{ … }}` in a text. Throws on syntax this runner does not know. */
export function interpolate(text: string, context: Context, functions: Functions = {}): string {
  return text.replaceAll(/\$\{\{([\s\S]*?)\}\}/g, (_, source: string) =>
    asText(evaluate(source, context, functions)),
  );
}

/** Evaluates one expression, with or without its `${{ }}`. */
export function evaluate(source: string, context: Context, functions: Functions = {}): Value {
  const inner = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(source)?.[1] ?? source;
  const parser = { tokens: tokenize(inner), at: 0, context, functions: { ...BUILT_IN, ...functions } };
  const value = either(parser);
  if (parser.at < parser.tokens.length)
    throw new Error(`unexpected "${parser.tokens[parser.at]}" in "${inner.trim()}"`);
  return value;
}

interface Parser {
  tokens: string[];
  at: number;
  context: Context;
  functions: Functions;
}

function tokenize(source: string): string[] {
  const pattern = /\s*('(?:[^']|'')*'|-?\d+(?:\.\d+)?|[A-Za-z_][\w-]*|&&|\|\||==|!=|[!()[\],.*])/y;
  const tokens: string[] = [];
  while (pattern.lastIndex < source.trimEnd().length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(source);
    if (!match)
      throw new Error(`cannot read the expression "${source.trim()}" from "${source.slice(from).trim()}"`);
    tokens.push(match[1] ?? "");
  }
  return tokens;
}

function take(parser: Parser, ...wanted: string[]): string | undefined {
  const token = parser.tokens[parser.at];
  if (token === undefined || !wanted.includes(token)) return undefined;
  parser.at += 1;
  return token;
}

function expect(parser: Parser, wanted: string): void {
  if (!take(parser, wanted))
    throw new Error(`expected "${wanted}", found "${parser.tokens[parser.at] ?? "the end"}"`);
}

function either(parser: Parser): Value {
  let left = both(parser);
  while (take(parser, "||")) {
    const right = both(parser);
    left = truthy(left) ? left : right;
  }
  return left;
}

function both(parser: Parser): Value {
  let left = equality(parser);
  while (take(parser, "&&")) {
    const right = equality(parser);
    left = truthy(left) ? right : left;
  }
  return left;
}

function equality(parser: Parser): Value {
  let left = unary(parser);
  for (;;) {
    const operator = take(parser, "==", "!=");
    if (!operator) return left;
    const same = equal(left, unary(parser));
    left = operator === "==" ? same : !same;
  }
}

function unary(parser: Parser): Value {
  return take(parser, "!") ? !truthy(unary(parser)) : access(parser);
}

/** A value and the `.name` and `[index]` behind it; a missing property is null, as on GitHub. */
function access(parser: Parser): Value {
  let value = primary(parser);
  for (;;) {
    if (take(parser, ".")) value = property(value, parser.tokens[parser.at++] ?? "");
    else if (take(parser, "[")) {
      value = property(value, asText(either(parser)));
      expect(parser, "]");
    } else return value;
  }
}

function primary(parser: Parser): Value {
  const token = parser.tokens[parser.at++];
  if (token === undefined) throw new Error("an expression ends too early");
  if (token === "(") {
    const value = either(parser);
    expect(parser, ")");
    return value;
  }
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (/^-?\d/.test(token)) return Number(token);
  if (token === "true" || token === "false") return token === "true";
  if (token === "null") return null;
  if (take(parser, "(")) return call(parser, token);
  const value = parser.context[token];
  if (value === undefined) throw new Error(`unknown name "${token}" in an expression`);
  return value;
}

function call(parser: Parser, name: string): Value {
  const args: Value[] = [];
  while (!take(parser, ")")) {
    args.push(either(parser));
    if (!take(parser, ",") && parser.tokens[parser.at] !== ")") expect(parser, ")");
  }
  const known = Object.entries(parser.functions).find(([each]) => each.toLowerCase() === name.toLowerCase());
  if (!known) throw new Error(`unknown function "${name}" in an expression`);
  return known[1](...args);
}

const BUILT_IN: Functions = {
  contains: (search = "", item = "") =>
    Array.isArray(search)
      ? search.some((each) => equal(each, item))
      : asText(search).toLowerCase().includes(asText(item).toLowerCase()),
  startsWith: (text = "", start = "") => asText(text).toLowerCase().startsWith(asText(start).toLowerCase()),
  endsWith: (text = "", end = "") => asText(text).toLowerCase().endsWith(asText(end).toLowerCase()),
  format: (text = "", ...rest) =>
    asText(text).replaceAll(/\{(\d+)\}/g, (_, at: string) => asText(rest[Number(at)] ?? "")),
  join: (list = [], separator = ",") =>
    Array.isArray(list) ? list.map(asText).join(asText(separator)) : asText(list),
  toJSON: (value = null) => JSON.stringify(value, null, 2),
  fromJSON: (text = "null") => JSON.parse(asText(text)),
};

function property(value: Value, name: string): Value {
  if (value === null || typeof value !== "object") return null;
  if (Array.isArray(value)) return value[Number(name)] ?? null;
  const key = Object.keys(value).find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? null : (value[key] ?? null);
}

export function truthy(value: Value): boolean {
  return !(value === null || value === false || value === "" || value === 0);
}

/** GitHub compares text without regard to case, and unlike types as numbers. */
function equal(left: Value, right: Value): boolean {
  if (typeof left === "string" && typeof right === "string")
    return left.toLowerCase() === right.toLowerCase();
  if (typeof left === typeof right) return left === right;
  const number = (value: Value) =>
    value === null ? 0 : typeof value === "object" ? Number.NaN : Number(value);
  return number(left) === number(right);
}

function asText(value: Value): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
