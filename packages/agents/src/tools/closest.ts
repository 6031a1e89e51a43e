/** More pairs of lines than this are not compared; the answer would come too late. */
const COMPARED_PAIRS = 2_000_000;
const LIKENESS = 0.5;

/**
 * The run of lines in `content` most like `wanted`, so that the next try hits. Likeness is the share
 * of words in common, which survives other indentation, quotes and small slips.
 */
export function closest(content: string, wanted: string): { line: number; text: string } | undefined {
  const lines = content.split("\n");
  // More lines than the file has: its whole text is the closest there can be.
  const target = wanted
    .replace(/^\n+|\n+$/g, "")
    .split("\n")
    .slice(0, lines.length);
  const whole = lines.length * target.length > COMPARED_PAIRS ? undefined : bestRun(lines, target);
  return whole ?? closestStart(lines, target);
}

/** The place of the first line with a word in it, where the whole is too much to compare or mostly not there. */
function closestStart(lines: string[], target: string[]): { line: number; text: string } | undefined {
  const [first = ""] = target.filter((line) => /\w/.test(line));
  if (lines.length > COMPARED_PAIRS) return undefined;
  const found = bestRun(lines, [first]);
  if (found === undefined) return undefined;
  return { ...found, text: lines.slice(found.line - 1, found.line - 1 + target.length).join("\n") };
}

function bestRun(lines: string[], target: string[]): { line: number; text: string } | undefined {
  const targetWords = target.map(words);
  const lineWords = lines.map(words);
  let best = { score: 0, at: -1 };
  for (let at = 0; at + target.length <= lines.length; at++) {
    let sum = 0;
    for (let i = 0; i < target.length; i++) {
      sum += likeness(lineWords[at + i] ?? new Set(), targetWords[i] ?? new Set());
    }
    const score = sum / target.length;
    if (score > best.score) best = { score, at };
  }
  if (best.score < LIKENESS) return undefined;
  return { line: best.at + 1, text: lines.slice(best.at, best.at + target.length).join("\n") };
}

function words(line: string): Set<string> {
  return new Set(line.match(/\w+|[^\w\s]/g) ?? []);
}

function likeness(a: Set<string>, b: Set<string>): number {
  if (a.size === 0 && b.size === 0) return 1;
  return (2 * a.intersection(b).size) / (a.size + b.size);
}
