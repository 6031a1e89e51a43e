import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export type Load<T> = { kind: "loading" } | { kind: "ready"; value: T } | { kind: "failed"; error: unknown };

export type Loaded<T> = {
  load: Load<T>;
  /** Asks again; what is there stays until the answer comes. */
  again: () => void;
  set: (value: T) => void;
};

/** What `ask` answers for `key`; another key forgets it. An answer that comes too late is dropped. */
export function useLoad<T>(key: string, ask: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; load: Load<T> }>({ key, load: { kind: "loading" } });
  const turn = useRef(0);
  const asking = useRef(ask);
  asking.current = ask;
  const again = useCallback(() => {
    turn.current += 1;
    const mine = turn.current;
    asking.current().then(
      (value) => mine === turn.current && setState({ key, load: { kind: "ready", value } }),
      (error) => mine === turn.current && setState({ key, load: { kind: "failed", error } }),
    );
  }, [key]);
  useEffect(() => {
    again();
    return () => {
      turn.current += 1;
    };
  }, [again]);
  const load: Load<T> = state.key === key ? state.load : { kind: "loading" };
  return { load, again, set: (value) => setState({ key, load: { kind: "ready", value } }) };
}

export type Page<T> = { items: T[]; next: string | null };
export type Pages<T> = Loaded<Page<T>> & {
  /** Reads the next page behind the ones that are there. */
  more: () => void;
  busy: boolean;
  trouble: unknown;
};

/** A list that is read page by page. */
export function usePages<T>(key: string, ask: (cursor: string | undefined) => Promise<Page<T>>): Pages<T> {
  const loaded = useLoad(key, () => ask(undefined));
  const reading = useAction(async (page: Page<T>) => {
    const next = await ask(page.next ?? undefined);
    loaded.set({ items: [...page.items, ...next.items], next: next.next });
  });
  const { load } = loaded;
  const more = () => {
    if (load.kind === "ready" && load.value.next !== null) reading.run(load.value);
  };
  return { ...loaded, more, busy: reading.busy, trouble: reading.error };
}

export type Action<A> = { run: (input: A) => void; busy: boolean; error: unknown; clear: () => void };

/** Something a person asks for: once at a time, with the error where it was asked. */
export function useAction<A>(act: (input: A) => Promise<unknown>): Action<A> {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: undefined });
  const run = (input: A) => {
    if (state.busy) return;
    setState({ busy: true, error: undefined });
    act(input).then(
      () => setState({ busy: false, error: undefined }),
      (error: unknown) => setState({ busy: false, error }),
    );
  };
  return { run, ...state, clear: () => setState({ busy: false, error: undefined }) };
}
