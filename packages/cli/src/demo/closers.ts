/** What is to be closed at the end, the last one first; what is added after the end is closed at once. */
export type Closers = {
  add(close: () => Promise<unknown>): void;
  /** Closes all there is and will be. Never throws: one that cannot close must not keep the others open. */
  closeAll(): Promise<void>;
};

export function createClosers(): Closers {
  const open: (() => Promise<unknown>)[] = [];
  let over = false;
  let late: Promise<unknown> = Promise.resolve();
  const quietly = (close: () => Promise<unknown>) => close().catch(() => undefined);

  return {
    add(close) {
      if (over) late = Promise.all([late, quietly(close)]);
      else open.push(close);
    },
    async closeAll() {
      over = true;
      for (let close = open.pop(); close !== undefined; close = open.pop()) await quietly(close);
      await late;
    },
  };
}
