/**
 * Thrown by a handler whose work is not to be done yet, through no fault of its own: the run does not count, and
 * the job comes back then.
 */
export class Postponed extends Error {
  override readonly name = "Postponed";
  readonly delayMs: number;
  /** It comes back at its turn, and need not wait for another. */
  readonly hasTurn: boolean;

  constructor(message: string, options: { delayMs: number; hasTurn: boolean }) {
    super(message);
    this.delayMs = options.delayMs;
    this.hasTurn = options.hasTurn;
  }
}

const CAUSES = 5;

/** The postponement in an error, however it was wrapped on its way. */
export function postponementOf(error: unknown, depth = 0): Postponed | undefined {
  if (error instanceof Postponed) return error;
  if (!(error instanceof Error) || depth === CAUSES) return undefined;
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return inner.map((cause) => postponementOf(cause, depth + 1)).find((found) => found !== undefined);
}
