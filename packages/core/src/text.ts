import { z } from "zod";

/**
 * What a database takes and a reader can be shown: no NUL, no half of a surrogate pair, at most `max`
 * UTF-16 units. Doing it twice changes nothing, so a digest over it is the same on both sides of a wire.
 */
export function cleanText(value: string, max: number): string {
  return value.replaceAll("\u0000", "").toWellFormed().slice(0, max).toWellFormed();
}

/**
 * Free text from outside: cleaned and cut, never refused. One bad byte in a tool's output must not cost
 * a whole attempt, and Postgres refuses such bytes in `jsonb` for ever.
 */
export function text(max: number) {
  return z
    .string()
    .overwrite((value) => cleanText(value, max))
    .max(max);
}

/** A name that must arrive as it was sent (path, command, model): refused when it could not be stored. */
export function exact(max: number) {
  return z
    .string()
    .max(max)
    .refine((value) => !value.includes("\u0000") && value.isWellFormed(), {
      message: "It has a NUL or half a surrogate pair.",
    });
}

/**
 * Characters that show nothing or reorder what is shown, for use inside a `u` character class: soft
 * hyphen, joiners, fillers, zero-width, line separators, bidi, variation selectors but U+FE0F, tags.
 */
export const INVISIBLE =
  "\\u{ad}\\u{34f}\\u{61c}\\u{115f}\\u{1160}\\u{17b4}\\u{17b5}\\u{180b}-\\u{180f}\\u{200b}-\\u{200f}\\u{2028}-\\u{202e}" +
  "\\u{2060}-\\u{206f}\\u{3164}\\u{fe00}-\\u{fe0e}\\u{feff}\\u{ffa0}\\u{fff0}-\\u{fffb}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";

// Tab, newline, form feed and carriage return are honest layout; NUL has a rule of its own. U+FE0F is
// what makes an emoji colourful: one of them right behind an emoji, or in a keycap, hides nothing.
const HIDDEN = new RegExp(
  `[\\u{1}-\\u{8}\\u{b}\\u{e}-\\u{1f}\\u{7f}-\\u{9f}${INVISIBLE}]|(?<!\\p{Extended_Pictographic}|[#*0-9](?=\\u{fe0f}\\u{20e3}))\\u{fe0f}`,
  "u",
);

/** Whether a reader of the text sees less, or another order, than a program that reads it. */
export function hidesText(value: string): boolean {
  return HIDDEN.test(value);
}
