/** A map: of an object, `&constructor;` would be a name too. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
  ["shy", ""],
  ["zwj", ""],
  ["zwnj", ""],
  ["lrm", ""],
  ["rlm", ""],
  ["ZeroWidthSpace", ""],
  ["NoBreak", ""],
]);

/** Shows character references as what a reader sees. Unknown ones stay as they are. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  let out = "";
  let from = 0;
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) {
    const end = text.indexOf(";", at);
    if (end === -1) break;
    if (end - at > 20) continue;
    const decoded = decode(text.slice(at + 1, end));
    if (decoded === undefined) continue;
    out += text.slice(from, at) + decoded;
    from = end + 1;
    at = end;
  }
  return out + text.slice(from);
}

function decode(name: string): string | undefined {
  if (!name.startsWith("#")) return NAMED.get(name);
  const hex = name[1] === "x" || name[1] === "X";
  const digits = name.slice(hex ? 2 : 1);
  const code = Number.parseInt(digits, hex ? 16 : 10);
  if (!Number.isInteger(code) || code <= 0 || code > 0x10ffff) return undefined;
  return String.fromCodePoint(code);
}
