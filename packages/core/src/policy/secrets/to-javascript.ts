type Flags = { i: boolean; s: boolean };

/** One piece of a pattern: flags, the head of a group, an escape, a class, or a character. */
const TOKEN =
  /^(?:\(\?[a-z-]+[:)]|\(\?P<\w+>|\(\?:|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|[\s\S])/;

/**
 * A pattern in Go's syntax (RE2) as JavaScript has it. Flags that hold for a part are written out there: `(?i)k` is
 * `[kK]`, because V8 does not find all that patterns with such parts match.
 */
export function toJavaScript(pattern: string): RegExp {
  const whole = /^\(\?i\)(?![\s\S]*\(\?[a-z-]*[is])/.exec(pattern);
  if (whole !== null) return new RegExp(written(pattern.slice(whole[0].length)), "i");
  return new RegExp(written(pattern));
}

function written(pattern: string): string {
  const groups: Flags[] = [{ i: false, s: false }];
  let out = "";
  for (let at = 0; at < pattern.length; ) {
    const [token = ""] = TOKEN.exec(pattern.slice(at)) ?? [];
    at += token.length;
    const flags = groups.at(-1) ?? { i: false, s: false };
    const set = /^\(\?([a-z]*)-?([a-z]*)([:)])$/.exec(token);
    if (set !== null) {
      const [, on = "", off = "", end] = set;
      const next = {
        i: (flags.i || on.includes("i")) && !off.includes("i"),
        s: (flags.s || on.includes("s")) && !off.includes("s"),
      };
      if (end === ")") groups[groups.length - 1] = next;
      else groups.push(next);
      if (end === ":") out += "(?:";
    } else {
      if (token.startsWith("(")) groups.push({ ...flags });
      if (token === ")") groups.pop();
      out += writtenToken(token, flags);
    }
  }
  return out;
}

function writtenToken(token: string, { i, s }: Flags): string {
  if (token.startsWith("(?P<")) return `(?<${token.slice(4)}`;
  if (token === "\\z") return "$";
  if (token === ".") return s ? "[\\s\\S]" : ".";
  if (i && /^[a-z]$/i.test(token)) return `[${token.toLowerCase()}${token.toUpperCase()}]`;
  if (token.length < 2 || !token.startsWith("[")) return token;
  const list = token.replaceAll("[:alnum:]", "a-zA-Z0-9").replace(/^\[(\^?)\]/, "[$1\\]");
  return i ? list.replace(/\\[\s\S]|[a-z]-[a-z]|[a-z]/gi, bothCases) : list;
}

function bothCases(item: string): string {
  if (item.startsWith("\\")) return item;
  const other = item === item.toLowerCase() ? item.toUpperCase() : item.toLowerCase();
  return item + other;
}
