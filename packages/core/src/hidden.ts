/**
 * Characters that show nothing or reorder what is shown, for use inside a `u` character class: soft
 * hyphen, joiners, fillers, zero-width, line separators, bidi, shorthand, variation selectors but U+FE0F, tags.
 * One set for texts and for paths.
 */
export const INVISIBLE =
  "\\u{ad}\\u{34f}\\u{61c}\\u{115f}\\u{1160}\\u{17b4}\\u{17b5}\\u{180b}-\\u{180f}\\u{200b}-\\u{200f}\\u{2028}-\\u{202e}" +
  "\\u{2060}-\\u{206f}\\u{3164}\\u{fe00}-\\u{fe0e}\\u{feff}\\u{ffa0}\\u{fff0}-\\u{fffb}\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";

// U+FE0F is what makes an emoji colourful: one of them right behind an emoji, or in a keycap, hides nothing.
const LOOSE_SELECTOR = "(?<!\\p{Extended_Pictographic}|[#*0-9](?=\\u{fe0f}\\u{20e3}))\\u{fe0f}";

/** Scripts whose spelling needs joiners: Persian and Urdu between letters, the Indic ones around a virama. */
const JOINING = [
  ...["Arabic", "Syriac", "Mongolian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya"],
  ...["Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Khmer", "Myanmar"],
]
  .map((script) => `\\p{Script=${script}}`)
  .join("");
const SPELLED = [
  // 👨‍💻
  "(?<=[\\p{Extended_Pictographic}\\u{fe0f}\\u{1f3fb}-\\u{1f3ff}])\\u{200d}(?=\\p{Extended_Pictographic})",
  `(?<=[${JOINING}])\\u{200d}`,
  `(?<=[${JOINING}])\\u{200c}(?=[${JOINING}])`,
].join("|");

// Tab, newline, form feed and carriage return are honest layout; NUL has a rule of its own.
const HIDDEN = `(?!${SPELLED})[\\u{1}-\\u{8}\\u{b}\\u{e}-\\u{1f}\\u{7f}-\\u{9f}${INVISIBLE}]|${LOOSE_SELECTOR}`;
/** A byte-order mark at the start and a colour stand for themselves; all else is one with its neighbours. */
const SITES = new RegExp(`^\\u{feff}|\\u{1b}\\[[0-9;:]*m|(?:${HIDDEN})+`, "gu");
const IN_A_PATH = new RegExp(`[\\u{0}-\\u{1f}\\u{7f}-\\u{9f}${INVISIBLE}]|${LOOSE_SELECTOR}`, "u");

/** Where a text hides something: a name that is the same wherever the same is hidden in the same place. */
type Site = { name: string; line: number; codePoint: string };

/** How often each place of hidden characters is in the base's text already. */
export type HiddenBefore = Record<string, number>;
export const HIDDEN_BEFORE = { names: 1_000, characters: 200 } as const;

const EACH_HIDDEN = new RegExp(`[\\u{0}\\u{b}\\u{c}]|${HIDDEN}`, "gu");

/** The text with what hides in it written out as `⟨U+200B⟩`, so that a reader sees all that a program would. */
export function showHidden(text: string): string {
  return text
    .toWellFormed()
    .replace(
      EACH_HIDDEN,
      (char) => `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
    );
}

/** A path's reader sees more than shows, or the path is no line of text. */
export function hidesInPath(path: string): boolean {
  return IN_A_PATH.test(path);
}

/**
 * The first place where a reader sees less, or another order, than a program that reads it; places that
 * the base had as often are no news.
 */
export function addedHidden(text: string, before: HiddenBefore = {}): Site | undefined {
  const left = new Map(Object.entries(before));
  for (const site of sitesOf(text)) {
    const count = left.get(site.name) ?? 0;
    if (count === 0) return site;
    left.set(site.name, count - 1);
  }
  return undefined;
}

/** What `addedHidden` is to be told of the base: bounded, and only what the new text has as well. */
export function hiddenBefore(before: string, text: string): HiddenBefore | undefined {
  const wanted = new Set<string>();
  for (const { name } of sitesOf(text)) wanted.add(name);
  if (wanted.size === 0) return undefined;
  const counts = new Map<string, number>();
  for (const { name } of sitesOf(before)) {
    const known = counts.get(name);
    if (!wanted.has(name) || name.length > HIDDEN_BEFORE.characters) continue;
    if (known !== undefined || counts.size < HIDDEN_BEFORE.names) counts.set(name, (known ?? 0) + 1);
  }
  return counts.size === 0 ? undefined : Object.fromEntries(counts);
}

function* sitesOf(text: string): Generator<Site> {
  let line = 1;
  let counted = 0;
  for (const { 0: run, index } of text.matchAll(SITES)) {
    for (let at = text.indexOf("\n", counted); at >= 0 && at < index; at = text.indexOf("\n", at + 1)) line++;
    counted = index;
    const alone = run.endsWith("m") || (index === 0 && run === "\u{feff}");
    const before = /.$/su.exec(text.slice(Math.max(0, index - 2), index))?.[0] ?? "";
    const after = /^./su.exec(text.slice(index + run.length, index + run.length + 2))?.[0] ?? "";
    const points = [...(alone ? run : `${before}${run}${after}`)].map((point) =>
      (point.codePointAt(0) ?? 0).toString(16),
    );
    const hidden = (run.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    yield { name: points.join("-"), line, codePoint: `U+${hidden}` };
  }
}
