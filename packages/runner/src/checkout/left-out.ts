/** Something in the working tree that is in no ChangeSet, and why. `meant`: an agent wrote it on purpose. */
export type LeftOut = { path: string; why: string; meant: boolean };

const NAMED = 20;

/** Adds to a summary what is not in the change, for whoever reads the pull request. */
export function withLeftOut(summary: string, leftOut: readonly LeftOut[]): string {
  if (leftOut.length === 0) return summary;
  const rows = leftOut.slice(0, NAMED).map(({ path, why }) => `- \`${path.replaceAll("`", "'")}\`: ${why}`);
  const more = leftOut.length - rows.length;
  const note = ["Left out of this change:", ...rows, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
  // The note is what nobody else can say, so it is the rest that is cut.
  return `${summary.slice(0, 20_000 - note.length - 2).trimEnd()}\n\n${note}`.trim();
}
