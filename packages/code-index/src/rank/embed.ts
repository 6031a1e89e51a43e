/** Words with how often or how much they were said. */
export type Bag = ReadonlyMap<string, number>;
/**
 * Turns words into a vector of length one, so that a dot product compares. `name` changes with what the
 * numbers mean: vectors of two embedders are never compared.
 */
export type Embedder = { name: string; dimensions: number; embed(bag: Bag): Float32Array };

const DIMENSIONS = 128;
/** Places in the vector that each piece of a word adds to or takes from. */
const TOUCHED = 3;
const REMEMBERED = 50_000;
/** Longer words say more; beyond this all say the same. */
const TELLING_CHARACTERS = 9;

/**
 * Vectors from the letters of words: `serialize`, `serializer` and `deserialised` share most of their
 * pieces and so most of their direction, where counting words sees three strangers. Needs no model, no
 * training and no state, and gives the same numbers everywhere.
 */
export function createLetterEmbedder(): Embedder {
  let known = new Map<string, Int32Array>();
  return {
    name: `letters-${DIMENSIONS}-1`,
    dimensions: DIMENSIONS,
    embed(bag) {
      const vector = new Float32Array(DIMENSIONS);
      for (const [word, count] of bag) {
        let places = known.get(word);
        if (places === undefined) {
          places = placesOf(word);
          if (known.size > REMEMBERED) known = new Map();
          known.set(word, places);
        }
        const telling = Math.min(1, word.length / TELLING_CHARACTERS) ** 2;
        const share = (Math.log1p(count) * telling) / Math.sqrt(Math.max(1, places.length));
        for (const place of places) {
          const at = place >> 1;
          vector[at] = (vector[at] ?? 0) + ((place & 1) === 1 ? share : -share);
        }
      }
      return unit(vector);
    },
  };
}

/** Where the pieces of three and four letters of a word fall, each with a sign in the lowest bit. */
function placesOf(word: string): Int32Array {
  const framed = `^${word}$`;
  const places: number[] = [];
  for (const size of [3, 4]) {
    for (let at = 0; at + size <= framed.length; at++) {
      let hash = hashOf(framed.slice(at, at + size));
      for (let touch = 0; touch < TOUCHED; touch++) {
        places.push((hash >>> 8) % (DIMENSIONS * 2));
        hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ touch;
      }
    }
  }
  return Int32Array.from(places);
}

/** FNV-1a with a last stir, so that near pieces fall far apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return hash ^ (hash >>> 15);
}

function unit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  return length === 0 ? vector : vector.map((value) => value / length);
}
