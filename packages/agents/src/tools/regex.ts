/** Perl's short classes in a bracket of POSIX. */
const CLASSES: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "[:alnum:]_",
  s: "[:space:]",
  t: "\t",
  n: "\n",
};
/** In front of a bracket; those of `\w`, `\s` and `\b` the search knows itself. */
const OUTSIDE: Readonly<Record<string, string>> = { "\\d": "[0-9]", "\\D": "[^0-9]", "\\t": "\t" };
/** A brace that counts something; any other is meant as a brace, as in `main() {`. */
const INTERVAL = /^\{\d+(?:,\d*)?\}/;
const LOOKAROUND = /\(\?(?:<?[=!]|>|#|[a-z]+\))/;

export type Translated = { kind: "pattern"; pattern: string } | { kind: "unknown"; what: string };

/**
 * A regular expression as models write it, in the extended syntax of the search: there `\d` is the letter
 * d and a backslash in a bracket is a backslash, so such patterns would find nothing and say nothing.
 */
export function toExtended(pattern: string): Translated {
  const lookaround = LOOKAROUND.exec(pattern)?.[0];
  if (lookaround !== undefined) return { kind: "unknown", what: `\`${lookaround}\`` };
  let out = "";
  for (let at = 0; at < pattern.length; ) {
    const two = pattern.slice(at, at + 2);
    if (pattern[at] === "[") {
      const end = endOfBracket(pattern, at);
      out += end === undefined ? pattern.slice(at) : bracket(pattern.slice(at + 1, end));
      at = end === undefined ? pattern.length : end + 1;
    } else if (pattern[at] === "\\") {
      out += OUTSIDE[two] ?? two;
      at += 2;
    } else if (pattern.startsWith("(?:", at)) {
      out += "(";
      at += 3;
    } else if (pattern[at] === "{" && !INTERVAL.test(pattern.slice(at))) {
      out += "\\{";
      at += 1;
    } else if (/[*+?}]\?/.test(two)) {
      // A lazy quantifier finds the same lines as a greedy one.
      out += pattern[at];
      at += 2;
    } else {
      out += pattern[at];
      at += 1;
    }
  }
  return { kind: "pattern", pattern: out };
}

function endOfBracket(pattern: string, start: number): number | undefined {
  let at = start + 1;
  if (pattern[at] === "^") at += 1;
  if (pattern[at] === "]") at += 1;
  for (; at < pattern.length; at++) {
    if (pattern[at] === "\\") at += 1;
    else if (pattern.startsWith("[:", at)) at = Math.max(at, pattern.indexOf(":]", at) + 1);
    else if (pattern[at] === "]") return at;
  }
  return undefined;
}

/** In POSIX `]` stands first, `-` last, and nothing is escaped. */
function bracket(inner: string): string {
  if (!inner.includes("\\")) return `[${inner}]`;
  const negated = inner.startsWith("^");
  const special = { first: "", last: "" };
  const rest = inner.slice(negated ? 1 : 0).replace(/\\(.)/gs, (_, sign: string) => {
    if (sign === "]") special.first = "]";
    else if (sign === "-") special.last = "-";
    else return CLASSES[sign] ?? sign;
    return "";
  });
  return `[${negated ? "^" : ""}${special.first}${rest}${special.last}]`;
}
