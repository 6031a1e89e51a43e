/**
 * The file with `old` replaced where it differs from the file by one and the same indentation on all of its lines,
 * and is there once. `replacement` is moved by that indentation too. Undefined where it is not so clear.
 */
export function indented(
  content: string,
  old: string,
  replacement: string,
): { content: string; line: number } | undefined {
  const lines = content.split("\n");
  const wanted = trimmedEnds(old.split("\n"));
  if (wanted.every((line) => line.trim() === "")) return undefined;
  const bare = wanted.map((line) => line.trim());
  const places = lines.flatMap((_, at) =>
    bare.every((line, i) => lines[at + i]?.trim() === line) ? [at] : [],
  );
  const [at] = places;
  if (at === undefined || places.length > 1) return undefined;
  const move = moveOf(wanted, lines.slice(at, at + wanted.length));
  if (move === undefined) return undefined;
  const fresh = trimmedEnds(replacement.split("\n")).map((line) => (line.trim() === "" ? line : move(line)));
  if (fresh.includes(undefined as never)) return undefined;
  const after = [...lines.slice(0, at), ...(fresh as string[]), ...lines.slice(at + wanted.length)];
  return { content: after.join("\n"), line: at + 1 };
}

/** An empty first or last line comes from how the text was written down. */
function trimmedEnds(lines: string[]): string[] {
  const from = lines[0]?.trim() === "" && lines.length > 1 ? 1 : 0;
  const to = lines.at(-1)?.trim() === "" && lines.length - from > 1 ? -1 : undefined;
  return lines.slice(from, to);
}

type Move = (line: string) => string | undefined;

/** What makes of each wanted line the one that is there: as much more in front, or as much less. */
function moveOf(wanted: readonly string[], there: readonly string[]): Move | undefined {
  const pairs = wanted.flatMap((line, i) =>
    line.trim() === "" ? [] : [[front(line), front(there[i] ?? "")]],
  );
  const [[mine = "", its = ""] = []] = pairs;
  if (its.endsWith(mine)) {
    const more = its.slice(0, its.length - mine.length);
    const fits = pairs.every(([one, other]) => other === `${more}${one}`);
    return fits ? (line) => `${more}${line}` : undefined;
  }
  if (!mine.endsWith(its)) return undefined;
  const less = mine.slice(0, mine.length - its.length);
  const fits = pairs.every(([one, other]) => one === `${less}${other}`);
  return fits ? (line) => (line.startsWith(less) ? line.slice(less.length) : undefined) : undefined;
}

function front(line: string): string {
  return /^\s*/.exec(line)?.[0] ?? "";
}
