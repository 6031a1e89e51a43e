/** Bounded parallelism: at most `count` pieces of work at a time, the others in their order. */
export function createSlots(count: number): { enter(): Promise<void>; leave(): void } {
  let free = count;
  const queue: (() => void)[] = [];
  return {
    async enter() {
      if (free > 0) {
        free--;
        return;
      }
      await new Promise<void>((resolve) => queue.push(resolve));
    },
    leave() {
      const next = queue.shift();
      if (next) next();
      else free++;
    },
  };
}
