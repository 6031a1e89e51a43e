/** What `${{ … }}` may ask for, by dotted name. Undefined: not known before the run. */
export type Context = Readonly<Record<string, unknown>>;

const UNKNOWN = Symbol("unknown");
type Value = unknown;

/** The text with its expressions filled in; undefined where one of them cannot be known. */
export function fill(text: string, context: Context): string | undefined {
  let known = true;
  const filled = text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => {
    const value = evaluate(expression, context);
    if (value === UNKNOWN) known = false;
    return value === null || value === UNKNOWN ? "" : String(value);
  });
  return known ? filled : undefined;
}

/** Whether a condition holds in a pull request's run on Linux where all went well. Unknown counts as no. */
export function holds(condition: unknown, context: Context): boolean {
  if (condition === undefined || condition === null) return true;
  if (typeof condition === "boolean") return condition;
  const text = String(condition).trim();
  const bare = /^\$\{\{(.*)\}\}$/s.exec(text)?.[1] ?? text;
  const value = evaluate(bare, context);
  return value !== UNKNOWN && truthy(value);
}

function evaluate(expression: string, context: Context): Value {
  const tokens = expression.match(/'(?:[^']|'')*'|&&|\|\||==|!=|<=|>=|[!()<>,[\]]|[\w.*-]+/g) ?? [];
  const reader = { tokens, at: 0, context };
  try {
    const value = either(reader);
    return reader.at < tokens.length ? UNKNOWN : value;
  } catch {
    // Deeper than anybody writes.
    return UNKNOWN;
  }
}

type Reader = { tokens: string[]; at: number; context: Context };

function take(reader: Reader, token: string): boolean {
  if (reader.tokens[reader.at] !== token) return false;
  reader.at += 1;
  return true;
}

function either(reader: Reader): Value {
  let left = both(reader);
  while (take(reader, "||")) {
    const right = both(reader);
    left = left !== UNKNOWN && truthy(left) ? left : right;
  }
  return left;
}

function both(reader: Reader): Value {
  let left = compared(reader);
  while (take(reader, "&&")) {
    const right = compared(reader);
    if (left !== UNKNOWN) left = truthy(left) ? right : left;
    else if (right !== UNKNOWN && !truthy(right)) left = right;
  }
  return left;
}

function compared(reader: Reader): Value {
  const left = single(reader);
  for (const operator of ["==", "!="]) {
    if (!take(reader, operator)) continue;
    const right = single(reader);
    if (left === UNKNOWN || right === UNKNOWN) return UNKNOWN;
    return (spell(left) === spell(right)) === (operator === "==");
  }
  return left;
}

function single(reader: Reader): Value {
  if (take(reader, "!")) {
    const value = single(reader);
    return value === UNKNOWN ? UNKNOWN : !truthy(value);
  }
  if (take(reader, "(")) {
    const value = either(reader);
    take(reader, ")");
    return value;
  }
  const token = reader.tokens[reader.at];
  reader.at += 1;
  if (token === undefined) return UNKNOWN;
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (/^-?\d+(?:\.\d+)?$/.test(token)) return Number(token);
  if (token === "true" || token === "false") return token === "true";
  if (token === "null") return null;
  if (reader.tokens[reader.at] === "(") return call(token, reader);
  return lookUp(token, reader);
}

function lookUp(name: string, reader: Reader): Value {
  if (take(reader, "[")) {
    either(reader);
    take(reader, "]");
    return UNKNOWN;
  }
  const { context } = reader;
  if (Object.hasOwn(context, name)) return context[name] ?? null;
  // A row of a matrix without this key, or an input nobody gave, is empty; all else is not known here.
  return /^(?:matrix|inputs|github\.event\.inputs)\./.test(name) && context["matrix.*"] !== UNKNOWN_MATRIX
    ? null
    : UNKNOWN;
}

/** Stands for a matrix that another job computes. */
export const UNKNOWN_MATRIX = "unknown";

function call(name: string, reader: Reader): Value {
  const given: Value[] = [];
  take(reader, "(");
  while (!take(reader, ")") && reader.at < reader.tokens.length) {
    given.push(either(reader));
    take(reader, ",");
  }
  const [first, second] = given;
  const lower = name.toLowerCase();
  if (lower === "always" || lower === "success") return true;
  if (lower === "failure" || lower === "cancelled") return false;
  if (given.includes(UNKNOWN)) return UNKNOWN;
  if (lower === "startswith") return spell(first).startsWith(spell(second));
  if (lower === "endswith") return spell(first).endsWith(spell(second));
  if (lower === "contains") return spell(first).includes(spell(second));
  if (lower !== "format") return UNKNOWN;
  return String(first).replaceAll(/\{(\d)\}/g, (_, at: string) => String(given[Number(at) + 1] ?? ""));
}

function truthy(value: Value): boolean {
  return value !== null && value !== false && value !== "" && value !== 0;
}

function spell(value: Value): string {
  return value === null ? "" : String(value).toLowerCase();
}
