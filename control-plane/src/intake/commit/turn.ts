/** What a batch remembers of how many waited before. */
const CROWD_MEMORY = 0.98;

/**
 * When a batch is full enough to go. `ask` looks again at the end of every turn of the event loop until a turn
 * brought nothing new, so that all who had something to say have said it. Under load that would make one batch of
 * everybody, and then this thread and Postgres would wait for each other in turn: half of them is enough to go.
 * @param of.size how many are in the batch that fills
 * @param of.waiting how many wait to hear, in that batch or in one on its way
 * @param of.send sends what may go; true when something went
 */
export function createTurn(of: { size(): number; waiting(): number; send(): boolean }): { ask(): void } {
  let scheduled = false;
  let seen = 0;
  /** How many wait at the same time, lately. */
  let crowd = 0;

  function look(): void {
    const size = of.size();
    if (size !== seen && size < crowd / 2) {
      seen = size;
      setImmediate(look);
      return;
    }
    scheduled = false;
    const waiting = of.waiting();
    if (of.send()) crowd = Math.max(waiting, crowd * CROWD_MEMORY);
  }

  return {
    ask() {
      if (scheduled) return;
      scheduled = true;
      seen = 0;
      setImmediate(look);
    },
  };
}
