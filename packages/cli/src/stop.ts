/** What a person, a closed terminal or a service manager ends a program with. */
export const STOPS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Aborts at the first of these signals; the second one ends the process as it would have anyway. */
export function stopOnSignal(): AbortController {
  const stop = new AbortController();
  const abort = () => stop.abort();
  for (const name of STOPS) process.once(name, abort);
  return stop;
}
