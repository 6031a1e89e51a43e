/** What one tool answer may put into the conversation. About 8,000 tokens. */
export const RESULT_CHARACTERS = 30_000;

/** Keeps the head and, twice as long, the tail: errors and totals stand at the end. */
export function bound(text: string, limit = RESULT_CHARACTERS): string {
  if (text.length <= limit) return text;
  const head = Math.floor(limit / 3);
  const tail = limit - head;
  const left = text.length - head - tail;
  return `${text.slice(0, head)}\n[… ${left} characters left out …]\n${text.slice(-tail)}`;
}
