import { createScalarCheck } from "./scalar.ts";

/**
 * Checks that bytes are JSON while they arrive, and builds nothing. As fast as `JSON.parse` on a usual
 * webhook; on one of 25 MB that one would pause everybody and take hundreds of megabytes. It also bounds nesting.
 * What it accepts `JSON.parse` accepts (bytes that are not UTF-8 inside strings are read as U+FFFD).
 */
export interface JsonCheck {
  /** False as soon as the text cannot become JSON; then the check is over. */
  push(chunk: Uint8Array): boolean;
  /** Whether what came so far is one whole value. */
  end(): boolean;
}

const DEPTH = 64;

// Plain numbers, because this loop runs once per byte received.
const STRING = 0;
const KEY_STRING = 1;
const COLON = 2;
const AFTER = 3;
const KEY = 4;
const FIRST_KEY = 5;
const VALUE = 6;
const FIRST_ITEM = 7;
const SCALAR = 8;
const ESCAPE = 9;
const HEX = 10;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const ESCAPED = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)));

export function createJsonCheck(): JsonCheck {
  const scalar = createScalarCheck();
  /** Per level: 1 inside an object, 0 inside a list. Level 0 is outside. */
  const nesting = new Uint8Array(DEPTH + 1);
  let savedState = VALUE;
  let savedDepth = 0;
  /** The kind of string an escape stands in. */
  let stringState = STRING;
  let hexLeft = 0;

  /** @returns the next state, or -1 */
  function afterBackslash(state: number, byte: number): number {
    if (state === HEX) {
      if (!isHex(byte)) return -1;
      return --hexLeft === 0 ? stringState : HEX;
    }
    hexLeft = 4;
    if (byte === 0x75) return HEX;
    return ESCAPED.has(byte) ? stringState : -1;
  }

  return {
    push(chunk) {
      const { length } = chunk;
      let state = savedState;
      let depth = savedDepth;
      for (let at = 0; at < length; at++) {
        let byte = chunk[at] as number;
        if (state === STRING || state === KEY_STRING) {
          // Most bytes of a webhook pass through this loop.
          while (byte !== QUOTE) {
            if (byte < SPACE || byte === BACKSLASH) break;
            if (++at === length) break;
            byte = chunk[at] as number;
          }
          if (at === length) break;
          if (byte < SPACE) return false;
          if (byte === QUOTE) state = state === STRING ? AFTER : COLON;
          else {
            stringState = state;
            state = ESCAPE;
          }
        } else if (state === COLON) {
          if (byte === 0x3a) state = VALUE;
          else if (!isSpace(byte)) return false;
        } else if (state === AFTER) {
          const inObject = nesting[depth] === 1;
          if (depth === 0) {
            if (!isSpace(byte)) return false;
          } else if (byte === 0x2c) state = inObject ? KEY : VALUE;
          else if (byte === (inObject ? 0x7d : 0x5d)) depth--;
          else if (!isSpace(byte)) return false;
        } else if (state === KEY || state === FIRST_KEY) {
          if (byte === QUOTE) state = KEY_STRING;
          else if (byte === 0x7d && state === FIRST_KEY) {
            depth--;
            state = AFTER;
          } else if (!isSpace(byte)) return false;
        } else if (state === VALUE || state === FIRST_ITEM) {
          if (byte === QUOTE) state = STRING;
          else if (byte === 0x7b || byte === 0x5b) {
            if (depth === DEPTH) return false;
            nesting[++depth] = byte === 0x7b ? 1 : 0;
            state = byte === 0x7b ? FIRST_KEY : FIRST_ITEM;
          } else if (scalar.begin(byte)) state = SCALAR;
          else if (byte === 0x5d && state === FIRST_ITEM) {
            depth--;
            state = AFTER;
          } else if (!isSpace(byte)) return false;
        } else if (state === SCALAR) {
          at = scalar.skip(chunk, at);
          if (at === length) break;
          if (!scalar.whole()) return false;
          state = AFTER;
          at--; // the byte behind it is judged like any other
        } else {
          state = afterBackslash(state, byte);
          if (state < 0) return false;
        }
      }
      savedState = state;
      savedDepth = depth;
      return true;
    },
    end() {
      return savedDepth === 0 && (savedState === AFTER || (savedState === SCALAR && scalar.whole()));
    },
  };
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
