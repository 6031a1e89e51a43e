/** One try of GitHub's at a delivery, as its list has it. */
export type Try = { id: number; guid: string; deliveredAt: number; accepted: boolean };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/**
 * How long after each try the next one is asked for. GitHub keeps deliveries for three days; asked for often, one
 * that can never be taken would crowd out those that can, so the older it is the seldomer it is asked for.
 */
export const SPACING_MS = [1, 5, 15, 60, 180, 360, 720, 1_440].map((minutes) => minutes * MINUTE_MS);
export const WINDOW_MS = 72 * HOUR_MS;

/**
 * Which deliveries to ask for again now, and how many are given up: never accepted, and asked for as often as it
 * makes sense.
 * @param tries of the last three days, in any order
 */
export function missedDeliveries(tries: readonly Try[], now: number): { again: number[]; lost: number } {
  const again: number[] = [];
  let lost = 0;
  for (const all of Map.groupBy(tries, ({ guid }) => guid).values()) {
    if (all.some(({ accepted }) => accepted)) continue;
    const last = all.reduce((newest, one) => (one.deliveredAt > newest.deliveredAt ? one : newest));
    const pause = SPACING_MS[all.length - 1];
    if (pause === undefined) lost++;
    else if (now - last.deliveredAt >= pause) again.push(last.id);
  }
  return { again, lost };
}
