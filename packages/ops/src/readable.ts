/** What every line has; the rest are its fields. */
type Line = { level: string; time?: number; msg?: string; reason?: unknown; err?: unknown };

/** A line of the log for a person at a terminal: time, level, message, why, and fields as `name=value`. */
export function readableLine(json: string): string {
  let line: Line & Record<string, unknown>;
  try {
    line = JSON.parse(json);
  } catch {
    // Redaction may have cut into the JSON; better an odd line than none.
    return json;
  }
  const { level, time, msg = "", reason, err, ...fields } = line;
  const clock = new Date(time ?? 0).toTimeString().slice(0, 8);
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${textOf(value)}`);
  const head = [clock, level.toUpperCase().padEnd(5), typeof reason === "string" ? `${msg}: ${reason}` : msg];
  return `${[...head, ...rest].join(" ")}\n${errorOf(err)}`;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function errorOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return error === undefined ? "" : `  ${textOf(error)}\n`;
  const { stack, message, cause } = error as { stack?: string; message?: string; cause?: unknown };
  const { name = "Error" } = error as { name?: string };
  const text =
    [message === undefined ? undefined : `${name}: ${message}`, stack]
      .filter((part) => part !== undefined)
      .join("\n") || JSON.stringify(error);
  const inner = cause === undefined ? "" : `  caused by\n${errorOf(cause)}`;
  return `${text.replaceAll(/^/gm, "  ")}\n${inner}`;
}
