/** The beginning of a text, cut between words and said so. */
export function cutEnd(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = text.slice(0, limit).toWellFormed();
  const space = head.search(/\s\S*$/);
  return `${(space > limit / 2 ? head.slice(0, space) : head).trimEnd()} …`;
}

/** The last lines of an output, whole ones: what says why a program ended stands at its end. */
export function lastLines(output: string, limit: number): string {
  const text = output.trimEnd();
  if (text.length <= limit) return text;
  const tail = text.slice(-limit).toWellFormed();
  const line = tail.indexOf("\n");
  return `…\n${line === -1 ? tail.slice(tail.search(/\s/) + 1) : tail.slice(line + 1)}`;
}

/** How long something took, in the largest words that fit. */
export function inWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
