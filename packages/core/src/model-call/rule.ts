import { AicdError } from "../errors.ts";

/** What a walk came by that weighs other than its bytes. */
export type Seen = { images: number; documents: number; mediaBytes: number };

/**
 * What becomes of one value of a request: it is passed on, left out (`LEFT_OUT`), or the call is refused. A table
 * of these is the whole list of what a vendor may be sent.
 */
export type Rule = (value: unknown, at: string, seen: Seen) => unknown;
const LEFT_OUT = Symbol("left out");

/** Schemas, arguments, examples: the caller's own data, in which no vendor looks for orders. */
export const anything: Rule = (value) => value;
/** What only says who asks, or asks for more than an answer, and can be missed without anybody noticing. */
export const leftOut: Rule = () => LEFT_OUT;
export const text: Rule = (value, at) => (typeof value === "string" ? value : refuse(at));
export const count: Rule = (value, at) =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : refuse(at);
export const number: Rule = (value, at) => (Number.isFinite(value) ? value : refuse(at));
export const flag: Rule = (value, at) => (typeof value === "boolean" ? value : refuse(at));

export function oneOf(...values: readonly unknown[]): Rule {
  return (value, at) => (values.includes(value) ? value : refuse(at));
}

/** Whatever the caller said within the rule, the vendor hears `value`. */
export function heardAs(value: unknown, rule: Rule): Rule {
  return (given, at, seen) => {
    rule(given, at, seen);
    return value;
  };
}

export function textOr(rule: Rule): Rule {
  return (value, at, seen) => (typeof value === "string" ? value : rule(value, at, seen));
}

export function list(rule: Rule): Rule {
  return (value, at, seen) => {
    if (!Array.isArray(value)) return refuse(at);
    return value
      .map((item, index) => rule(item, `${at}[${index}]`, seen))
      .filter((item) => item !== LEFT_OUT);
  };
}

/** An object of these fields and no others; what is not set counts as not there. */
export function fields(table: Readonly<Record<string, Rule>>): Rule {
  return (value, at, seen) => {
    if (!isRecord(value)) return refuse(at);
    const kept: Record<string, unknown> = {};
    for (const [name, given] of Object.entries(value)) {
      const place = at === "" ? name : `${at}.${name}`;
      const rule = Object.hasOwn(table, name) ? table[name] : undefined;
      if (rule === undefined) {
        if (isSet(given)) refuse(place);
        continue;
      }
      const passed = given === null && rule !== leftOut ? null : rule(given, place, seen);
      if (passed !== LEFT_OUT) kept[name] = passed;
    }
    return kept;
  };
}

type Kinds = Readonly<Record<string, Readonly<Record<string, Rule>>>>;

/** Objects told apart by their `type`. @param untyped the kind of one that names none */
export function kinds(table: Kinds, untyped?: string): Rule {
  const rules = new Map(
    Object.entries(table).map(([kind, own]) => [kind, fields({ ...own, type: anything })]),
  );
  return (value, at, seen) => {
    const kind = kindOf(value) ?? untyped;
    const rule = rules.get(kind ?? "");
    return rule === undefined ? refuse(`${at} of type ${String(kind).slice(0, 50)}`) : rule(value, at, seen);
  };
}

/**
 * The caller's own tools. Vendors' tools search, browse and run code on their side of the wall, at a price no
 * token count shows, so they are left out: a program that offers one can do without.
 */
export function ownTools(table: Kinds, untyped?: string): Rule {
  const own = kinds(table, untyped);
  return list((tool, at, seen) => {
    const kind = kindOf(tool) ?? untyped;
    return kind !== undefined && Object.hasOwn(table, kind) ? own(tool, at, seen) : LEFT_OUT;
  });
}

/** @throws AicdError always */
export function refuse(at: string, why = "leave it out"): never {
  const what = at === "" ? "what is no object" : `\`${at.slice(0, 200)}\``;
  throw new AicdError("invalid", `The model gateway does not pass on ${what}; ${why}.`);
}

function kindOf(value: unknown): string | undefined {
  const kind = isRecord(value) ? value.type : undefined;
  return typeof kind === "string" ? kind : undefined;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
