const WORD = /[\p{L}_$][\p{L}\p{N}_$]*(?:-\p{L}[\p{L}\p{N}_$]*)*/gu;
const PARTS = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\p{N}+/gu;
/** Words that are in every issue and say nothing about code. */
const NOISE = new Set(
  `a about after all also an and any are as at be been but by can could do does for from get got had has have
  how i if in into is it its just like me my no not of on one only or our out should so some such than that
  the their them then there these they this to up us use used using want was we were what when where which
  while will with would you your`.split(/\s+/),
);
const LONGEST = 60;
const REMEMBERED = 100_000;
const NOTHING: readonly string[] = [];

/** Code repeats its words: taking one apart once is what makes reading fast. */
let known = new Map<string, readonly string[]>();

/** The identifiers of a text, each whole and in its parts: `parseRetryAfter` → itself, parse, retry, after. */
export function termsOf(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.matchAll(WORD)) for (const term of takeApart(word)) found.push(term);
  return found;
}

export function countTerms(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(WORD)) {
    for (const term of takeApart(word)) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return counts;
}

function takeApart(word: string): readonly string[] {
  const before = known.get(word);
  if (before !== undefined) return before;
  const terms = split(word);
  if (known.size > REMEMBERED) known = new Map();
  known.set(word, terms);
  return terms;
}

function split(word: string): readonly string[] {
  if (word.length > LONGEST) return NOTHING;
  // `--collect-only` is stored as `collectonly` by those who parse it.
  if (word.includes("-")) {
    const whole = fold(word.replaceAll(/[-_$]/g, ""));
    return [...new Set([whole, ...word.split("-").flatMap(split)])];
  }
  const parts = word.match(PARTS) ?? [];
  // `retry_after` and `retryAfter` are one name.
  const whole = fold(word.replaceAll(/[_$]/g, ""));
  const terms = whole.length < 2 || NOISE.has(whole) ? [] : [whole];
  if (parts.length < 2) return terms;
  for (const part of parts) {
    const folded = fold(part);
    if (folded.length > 1 && !NOISE.has(folded) && folded !== whole) terms.push(folded);
  }
  return terms;
}

/** Lower case and without the endings of grammar, so that `Cookies` finds `cookie` and `parsing` `parse`. */
function fold(word: string): string {
  const lower = word.toLowerCase();
  if (lower.length < 4 || !/^[a-z]+$/.test(lower)) return lower;
  return stem(lower);
}

function stem(word: string): string {
  let rest = word;
  if (rest.endsWith("ies") && rest.length > 4) rest = `${rest.slice(0, -3)}y`;
  else if (rest.endsWith("s") && !rest.endsWith("ss") && !rest.endsWith("us")) rest = rest.slice(0, -1);
  for (const ending of ["ing", "ed"]) {
    const base = rest.slice(0, -ending.length);
    if (!rest.endsWith(ending) || base.length < 3 || !/[aeiouy]/.test(base)) continue;
    rest = /([b-df-hjkmnp-rtv-z])\1$/.test(base) ? base.slice(0, -1) : base;
    break;
  }
  return rest.length > 3 && rest.endsWith("e") ? rest.slice(0, -1) : rest;
}
