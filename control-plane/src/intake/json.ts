const DEPTH = 64;

// What may come next. Plain numbers, because the loop runs for every webhook.
const VALUE = 0;
const FIRST_ITEM = 1;
const KEY = 2;
const FIRST_KEY = 3;
const AFTER = 4;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const ESCAPED = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)));
const WORDS = new Map(["true", "false", "null"].map((word) => [word.charCodeAt(0), Buffer.from(word)]));

/**
 * Whether the bytes are one JSON value, nested 64 deep at most. As fast as `JSON.parse`, but it builds
 * nothing: `JSON.parse` of a body of 25 MB takes hundreds of megabytes, and knows no bound on nesting.
 * What it accepts `JSON.parse` accepts (bytes that are not UTF-8 inside strings are read as U+FFFD).
 */
export function isJson(bytes: Uint8Array): boolean {
  const { length } = bytes;
  /** Per level: 1 inside an object, 0 inside a list. Level 0 is outside. */
  const nesting = new Uint8Array(DEPTH + 1);
  let depth = 0;
  let next = VALUE;
  let at = 0;
  while (at < length) {
    const byte = bytes[at] as number;
    if (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at++;
    } else if (next === AFTER) {
      if (depth === 0) return false;
      const inObject = nesting[depth] === 1;
      if (byte === COMMA) next = inObject ? KEY : VALUE;
      else if (byte === (inObject ? CLOSE_OBJECT : CLOSE_LIST)) depth--;
      else return false;
      at++;
    } else if (next === KEY || next === FIRST_KEY) {
      if (byte === QUOTE) {
        at = skipSpace(bytes, skipString(bytes, at + 1));
        if (bytes[at] !== COLON) return false;
        next = VALUE;
      } else if (byte === CLOSE_OBJECT && next === FIRST_KEY) {
        depth--;
        next = AFTER;
      } else return false;
      at++;
    } else if (byte === QUOTE) {
      at = skipString(bytes, at + 1);
      next = AFTER;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (depth === DEPTH) return false;
      nesting[++depth] = byte === OPEN_OBJECT ? 1 : 0;
      next = byte === OPEN_OBJECT ? FIRST_KEY : FIRST_ITEM;
      at++;
    } else if (byte === CLOSE_LIST && next === FIRST_ITEM) {
      depth--;
      next = AFTER;
      at++;
    } else {
      at = skipScalar(bytes, at);
      next = AFTER;
    }
    if (at > length) return false;
  }
  return depth === 0 && next === AFTER;
}

/** What the skipping functions return for "not JSON": past every end. */
const BROKEN = Number.MAX_SAFE_INTEGER;

/** @param from behind the opening quote. @returns index behind the closing one */
function skipString(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  for (let at = from; at < length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte < SPACE) return BROKEN;
    if (byte === BACKSLASH) {
      at++;
      if (bytes[at] === 0x75) {
        for (let left = 4; left > 0; left--) if (!isHex(bytes[++at] ?? 0)) return BROKEN;
      } else if (!ESCAPED.has(bytes[at] ?? 0)) return BROKEN;
    }
  }
  return BROKEN;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === SPACE || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}

/** A number or a word. @returns index behind it */
function skipScalar(bytes: Uint8Array, from: number): number {
  const word = WORDS.get(bytes[from] as number);
  if (word) return word.every((byte, index) => bytes[from + index] === byte) ? from + word.length : BROKEN;
  let at = bytes[from] === 0x2d ? from + 1 : from;
  const whole = skipDigits(bytes, at);
  // One digit at least, and no zero in front of others.
  if (whole === at || (bytes[at] === 0x30 && whole > at + 1)) return BROKEN;
  at = whole;
  if (bytes[at] === 0x2e) {
    const fraction = skipDigits(bytes, at + 1);
    if (fraction === at + 1) return BROKEN;
    at = fraction;
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const signed = bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? at + 2 : at + 1;
    const exponent = skipDigits(bytes, signed);
    if (exponent === signed) return BROKEN;
    at = exponent;
  }
  return at;
}

function skipDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at++;
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
