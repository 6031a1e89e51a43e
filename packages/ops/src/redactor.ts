/** Shorter values would blot out ordinary words, and protect nothing. */
const SHORTEST = 8;
const MASK = "[redacted]";

export interface Redactor {
  /** Starts hiding `value` and its usual encodings. The returned function stops it (a token expired). */
  register(value: string): () => void;
  /** The text without any registered value. Time grows with text × live values. */
  redact(text: string): string;
}

export function createRedactor(): Redactor {
  const forms = new Map<string, string[]>();
  return {
    register(value) {
      if (value.length >= SHORTEST) forms.set(value, encodings(value));
      return () => void forms.delete(value);
    },
    redact(text) {
      let clean = text;
      for (const spellings of forms.values()) {
        for (const spelling of spellings) clean = clean.replaceAll(spelling, MASK);
      }
      return clean;
    },
  };
}

function encodings(value: string): string[] {
  const bytes = Buffer.from(value);
  const all = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString("hex"),
    ...[0, 1, 2].flatMap((offset) => base64Core(bytes, offset)),
  ];
  // Longest first, so that a spelling that contains another is hidden whole.
  return [...new Set(all)].filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/** What base64 of any text holding the value at this offset (mod 3) must contain, in both alphabets. */
function base64Core(value: Buffer, offset: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), value]);
  const start = Math.ceil((offset * 8) / 6);
  const end = Math.floor((padded.length * 8) / 6);
  const core = padded.toString("base64").slice(start, end);
  return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
}
