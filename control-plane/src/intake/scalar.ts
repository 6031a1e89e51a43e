const MINUS = 0;
const ZERO = 1;
const INTEGER = 2;
const POINT = 3;
const FRACTION = 4;
const E = 5;
const E_SIGN = 6;
const EXPONENT = 7;
const WORD = 8;

/** Numbers, `true`, `false` and `null`, byte by byte: the part of JSON that does not nest. */
export interface ScalarCheck {
  /** Whether a scalar can begin with this byte. */
  begin(byte: number): boolean;
  /** @returns index of the first byte, from `from` on, that does not belong to it; the length when all do */
  skip(chunk: Uint8Array, from: number): number;
  /** Whether it may end here. */
  whole(): boolean;
}

export function createScalarCheck(): ScalarCheck {
  let state = ZERO;
  let word = "";
  let wordAt = 0;

  function number(byte: number): boolean {
    const digit = byte >= 0x30 && byte <= 0x39;
    if (digit) {
      if (state === ZERO) return false;
      if (state === MINUS) state = byte === 0x30 ? ZERO : INTEGER;
      else if (state === POINT) state = FRACTION;
      else if (state === E || state === E_SIGN) state = EXPONENT;
      return true;
    }
    if (byte === 0x2e && (state === ZERO || state === INTEGER)) {
      state = POINT;
      return true;
    }
    if ((byte === 0x65 || byte === 0x45) && (state === ZERO || state === INTEGER || state === FRACTION)) {
      state = E;
      return true;
    }
    if ((byte === 0x2b || byte === 0x2d) && state === E) {
      state = E_SIGN;
      return true;
    }
    return false;
  }

  return {
    begin(byte) {
      word = byte === 0x74 ? "true" : byte === 0x66 ? "false" : byte === 0x6e ? "null" : "";
      wordAt = 1;
      if (word) state = WORD;
      else if (byte === 0x2d) state = MINUS;
      else if (byte === 0x30) state = ZERO;
      else if (byte >= 0x31 && byte <= 0x39) state = INTEGER;
      else return false;
      return true;
    },
    skip(chunk, from) {
      let at = from;
      if (state === WORD) {
        while (at < chunk.length && wordAt < word.length && chunk[at] === word.charCodeAt(wordAt)) {
          at++;
          wordAt++;
        }
        return at;
      }
      while (at < chunk.length && number(chunk[at] as number)) at++;
      return at;
    },
    whole() {
      if (state === WORD) return wordAt === word.length;
      return state === ZERO || state === INTEGER || state === FRACTION || state === EXPONENT;
    },
  };
}
