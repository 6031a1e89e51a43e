import { useEffect, useRef } from "preact/hooks";

/**
 * Listens for as long as somebody looks: a hidden page hangs up, because a browser has few connections to
 * one server, and begins anew when it is seen again.
 */
export function useLive<E>(
  key: string,
  open: (signal: AbortSignal) => AsyncGenerator<E, void>,
  hear: (event: E) => void,
): void {
  const latest = useRef({ open, hear });
  latest.current = { open, hear };
  useEffect(() => {
    let line: AbortController | undefined;
    const listen = async (signal: AbortSignal) => {
      try {
        for await (const event of latest.current.open(signal)) {
          if (signal.aborted) return;
          latest.current.hear(event);
        }
      } catch {
        // What the API refuses here it refuses for the page as well, which then says so.
      }
    };
    const look = () => {
      if (document.hidden) {
        line?.abort();
        line = undefined;
      } else if (line === undefined) {
        line = new AbortController();
        void listen(line.signal);
      }
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      line?.abort();
    };
  }, [key]);
}

/** Hands on what was heard once for each frame that is drawn: nobody sees more, however much comes. */
export function useFrames<E>(take: (heard: E[]) => void): (one: E) => void {
  const latest = useRef(take);
  latest.current = take;
  const waiting = useRef<{ heard: E[]; frame: number }>({ heard: [], frame: 0 });
  useEffect(() => () => cancelAnimationFrame(waiting.current.frame), []);
  return (one) => {
    const { heard } = waiting.current;
    heard.push(one);
    if (heard.length > 1) return;
    waiting.current.frame = requestAnimationFrame(() => {
      waiting.current.heard = [];
      latest.current(heard);
    });
  };
}

/** Does something within the time that is named. What is asked for meanwhile is the same work, and starts no new wait. */
export function useSoon(work: () => void): (withinMs: number) => void {
  const latest = useRef(work);
  latest.current = work;
  const timer = useRef({ id: 0, due: Number.POSITIVE_INFINITY });
  useEffect(() => () => clearTimeout(timer.current.id), []);
  return (withinMs) => {
    const due = Date.now() + withinMs;
    if (timer.current.due <= due) return;
    clearTimeout(timer.current.id);
    const run = () => {
      timer.current.due = Number.POSITIVE_INFINITY;
      latest.current();
    };
    timer.current = { id: setTimeout(run, withinMs), due };
  };
}
