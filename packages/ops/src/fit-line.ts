/** Longer lines are cut by collectors somewhere on their way, and what is cut is no JSON any more. */
const LINE_BYTES = 16 * 1024;
const FIELD_CHARACTERS = 200;

/** A line of the log that fits: of one too long the fields that are short, and how long it was. */
export function fitLine(line: string): string {
  const bytes = Buffer.byteLength(line);
  if (bytes <= LINE_BYTES) return line;
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line);
  } catch {
    // Redaction may have cut into it.
    return `${JSON.stringify({ level: "warn", msg: "a line was too long", bytes })}\n`;
  }
  const { level, time, msg } = fields;
  const short = Object.entries(fields)
    .filter(([, value]) => JSON.stringify(value)?.length <= FIELD_CHARACTERS)
    .slice(0, 30);
  const cut = {
    level,
    time,
    msg: String(msg).slice(0, 1_000),
    ...Object.fromEntries(short),
    cutFromBytes: bytes,
  };
  return `${JSON.stringify(cut)}\n`;
}
