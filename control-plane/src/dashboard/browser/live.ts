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
