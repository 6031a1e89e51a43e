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
