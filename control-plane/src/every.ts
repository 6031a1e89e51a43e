import type { Logger } from "@aicd/ops";

/** Runs `work` every `everyMs`, never twice at once, until closed; a failure is logged and tried again. */
export function every(
  everyMs: number,
  name: string,
  log: Logger,
  work: () => Promise<unknown>,
): { close: () => Promise<void> } {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work()
      .then(
        () => undefined,
        (err: unknown) => log.warn({ err, round: name }, "a round failed"),
      )
      .finally(() => {
        running = undefined;
      });
  }, everyMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
