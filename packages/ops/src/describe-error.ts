const CAUSES = 5;
const INNER = 3;

/**
 * What the log says of an error: chosen fields only. HTTP clients hang whole requests with their headers on what
 * they throw, databases the values of a statement, event emitters the event.
 */
export function describeError(error: unknown, causes = CAUSES): unknown {
  if (!(error instanceof Error)) return error;
  const { name, cause } = error;
  const { code, kind, status } = error as { code?: unknown; kind?: unknown; status?: unknown };
  const inner = error instanceof AggregateError ? error.errors.slice(0, INNER) : [];
  return {
    name,
    message: messageOf(error),
    stack: framesOf(error),
    ...(code === undefined ? {} : { code }),
    ...(kind === undefined ? {} : { kind }),
    ...(status === undefined ? {} : { status }),
    ...(inner.length === 0 || causes === 0
      ? {}
      : { errors: inner.map((one) => describeError(one, causes - 1)) }),
    ...(cause === undefined || causes === 0 ? {} : { cause: describeError(cause, causes - 1) }),
  };
}

/** A failed statement without its values: they are whatever somebody wrote on a thread. */
function messageOf(error: Error): string {
  // drizzle-orm writes statement and values into the message.
  if ("query" in error && "params" in error) return "a statement failed";
  return isDatabaseError(error) ? error.message.replaceAll(/: ".*"$/gs, ': "…"') : error.message;
}

/** As node-postgres makes them: SQLSTATE and severity. */
function isDatabaseError(error: Error): boolean {
  return "severity" in error && "code" in error && /^[0-9A-Z]{5}$/.test(String(error.code));
}

/** A stack begins with the message, which is told apart. */
function framesOf({ stack }: Error): string | undefined {
  const at = stack?.search(/^\s+at /m) ?? -1;
  return at < 0 ? undefined : stack?.slice(at).trimEnd();
}
