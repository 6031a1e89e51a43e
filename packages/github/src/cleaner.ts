import { setImmediate as othersTurn } from "node:timers/promises";
import { sanitize } from "./sanitize.ts";

/** Takes what nobody sees out of one text of a thread; `where` names it in the record. */
export type Clean = (where: string, text: string) => Promise<string>;

/** The worst text of this length takes the sanitiser a few milliseconds. */
const LONG_CHARACTERS = 16_384;

/**
 * A cleaner for all texts of one thread. After each long one whatever else waits in this process gets its turn, so a
 * thread of a hundred hostile comments holds nobody up longer than one of them does.
 * @param removed where it notes what it took out
 */
export function createCleaner(removed: string[]): Clean {
  return async (where, text) => {
    const cleaned = sanitize(text);
    removed.push(...cleaned.removed.map((what) => `${where}: ${what}`));
    if (text.length > LONG_CHARACTERS) await othersTurn();
    return cleaned.text;
  };
}
