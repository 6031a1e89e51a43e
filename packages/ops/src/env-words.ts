import type { z } from "zod";

/** Longer than this is no number or word mistyped: it may be a secret that was put into the wrong variable. */
const SHOWN = 24;
const SECRET_NAME = /KEY|SECRET|TOKEN|PASSW|CREDENTIAL/i;

/**
 * What is wrong with a variable, in words for people: what was given, and what is expected. The schema library's own
 * words are for programmers.
 * @returns undefined for kinds whose schema has words of its own
 */
export function wordsFor(
  name: string,
  issue: z.core.$ZodRawIssue,
  given: string | undefined,
): string | undefined {
  if (given === undefined) return undefined;
  const shown = shownOf(name, given);
  switch (issue.code) {
    case "invalid_type":
      return `${shown} is not ${issue.expected === "int" ? "a whole number" : `a ${issue.expected}`}`;
    case "too_small":
      return `${shown} is too small: it has to be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
    case "too_big":
      return `${shown} is too big: it has to be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    case "invalid_value":
      return `${shown} is not ${choice(choicesOf(issue))}`;
    case "invalid_format":
      return issue.format === "url" ? urlWords(issue, name, given) : undefined;
    default:
      return undefined;
  }
}

/** The text that was given, on one line, unless it may be a secret. */
function shownOf(name: string, given: string): string {
  if (SECRET_NAME.test(name)) return "what is set";
  return given.length > SHOWN ? `a text of ${given.length} characters` : JSON.stringify(given);
}

/** Of a URL only the kind is shown: user, password and query may be secrets, and so may what is none at all. */
function urlWords(issue: z.core.$ZodRawIssue, name: string, given: string): string {
  const kinds = protocolsOf(issue).map((protocol) => `${protocol}://`);
  const expected = kinds.length === 0 ? "a whole URL" : `a URL that begins with ${choice(kinds)}`;
  const protocol = /^([a-z][a-z+.-]{0,20}:)\/\//i.exec(given)?.[1];
  if (protocol === undefined) {
    const shown = /[@?]/.test(given) ? "what is set" : shownOf(name, given);
    return `${shown} is not ${expected}`;
  }
  const allowed = kinds.length === 0 || kinds.includes(`${protocol.toLowerCase()}//`);
  return allowed
    ? `what follows ${protocol}// is not a host with, perhaps, a port and a path`
    : `it begins with ${protocol}// and is not ${expected}`;
}

/** The protocols a URL's schema names, where its pattern is a plain list of them. */
function protocolsOf({ inst }: z.core.$ZodRawIssue): string[] {
  const def = inst?._zod.def as { protocol?: RegExp } | undefined;
  const list = /^\^\(?(?:\?:)?([a-z|?+]+)\)?\$$/.exec(def?.protocol?.source ?? "")?.[1]?.split("|") ?? [];
  return list.flatMap((one) => (one.endsWith("s?") ? [one.slice(0, -1), one.slice(0, -2)] : [one]));
}

function choicesOf(issue: { values?: unknown; expected?: unknown }): string[] {
  if (issue.expected === "stringbool") return ["true", "false"];
  return Array.isArray(issue.values) ? issue.values.map(String) : [];
}

function choice(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), words.at(-1)].filter(Boolean).join(" or ");
}
