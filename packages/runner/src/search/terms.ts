const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const PARTS = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\p{N}+/gu;
/** Words that are in every issue and say nothing about code. */
const NOISE = new Set(
  `a about after all also an and any are as at be been but by can could do does for from get got had has have
  how i if in into is it its just like me my no not of on one only or our out should so some such than that
  the their them then there these they this to up us use used using want was we were what when where which
  while will with would you your`.split(/\s+/),
);
const LONGEST = 60;

/** The identifiers of a text, each whole and in its parts: `parseRetryAfter` → itself, parse, retry, after. */
export function termsOf(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.matchAll(WORD)) {
    if (word.length > LONGEST) continue;
    const whole = fold(word);
    if (whole.length < 2 || NOISE.has(whole)) continue;
    found.push(whole);
    const parts = word.match(PARTS) ?? [];
    if (parts.length < 2) continue;
    for (const part of parts) {
      const folded = fold(part);
      if (folded.length > 1 && !NOISE.has(folded)) found.push(folded);
    }
  }
  return found;
}

/** Lower case, without a plural's end, so that `Cookies` finds `cookie`. */
function fold(word: string): string {
  const lower = word.toLowerCase();
  return lower.length > 3 && lower.endsWith("s") && !lower.endsWith("ss") ? lower.slice(0, -1) : lower;
}

export function countTerms(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of termsOf(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
