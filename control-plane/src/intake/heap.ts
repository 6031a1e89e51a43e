import v8 from "node:v8";

/** The heap may grow to this many hundredths more than what lived after the last full collection. */
const GROWTH_PERCENT = 200;

/**
 * Lets the heap of this process triple between full collections. The buffers of webhooks lie outside of it
 * but count, so that by default the whole heap was marked several times a second, for a third of the
 * intake's processor time. Takes effect at once, for all threads; calling it again changes nothing.
 */
export function relaxCollections(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
