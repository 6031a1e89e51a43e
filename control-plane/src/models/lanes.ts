/** Counts what is under way by name. `enter` gives the way out, which works once; undefined: all lanes are taken. */
export type Lanes = { enter(of: string): (() => void) | undefined };

export function createLanes(most: number): Lanes {
  const taken = new Map<string, number>();
  return {
    enter(of) {
      const now = taken.get(of) ?? 0;
      if (now >= most) return undefined;
      taken.set(of, now + 1);
      let inside = true;
      return () => {
        if (!inside) return;
        inside = false;
        const left = (taken.get(of) ?? 1) - 1;
        if (left === 0) taken.delete(of);
        else taken.set(of, left);
      };
    },
  };
}
