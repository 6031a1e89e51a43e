import type { Mentions } from "../text/mentions.ts";
import type { LookUp } from "./look-up.ts";

/** How sure we are that a question means a file: one when it names its whole path. */
export function namedFiles(index: LookUp, mentions: Mentions): Map<number, number> {
  const found = new Map<number, number>();
  const add = (file: number, strength: number) => {
    if (strength > (found.get(file) ?? 0)) found.set(file, strength);
  };
  for (const path of mentions.paths) {
    for (const [file, strength] of byPath(index, path.split("/"))) add(file, strength);
  }
  for (const parts of mentions.modules) {
    for (const [file, strength] of byModule(index, parts)) add(file, strength);
  }
  return found;
}

/** A path from another machine shares only its end with ours; one that fits many files tells little. */
export function byPath(index: LookUp, parts: readonly string[]): [number, number][] {
  const base = parts.at(-1)?.toLowerCase() ?? "";
  const candidates = index.baseNames.get(base) ?? [];
  let most = 0;
  const shared = candidates.map((file) => {
    const same = sharedEnd(index.snapshot.paths[file]?.split("/") ?? [], parts);
    most = Math.max(most, same);
    return [file, same] as const;
  });
  const best = shared.filter(([, same]) => same === most && same > 0);
  if (best.length > 8) return [];
  return best.map(([file]) => [file, (most > 1 ? 1 : 0.6) / Math.sqrt(best.length)]);
}

/** `flask.json.tag` is a file `flask/json/tag.py`, and `Session.send` may be in `session.py`. */
function byModule(index: LookUp, parts: readonly string[]): [number, number][] {
  for (let end = parts.length; end > 0; end--) {
    const candidates = index.baseNames.get(parts[end - 1]?.toLowerCase() ?? "") ?? [];
    const fitting: [number, number][] = [];
    for (const file of candidates) {
      const path = index.snapshot.paths[file] ?? "";
      const segments = path.replace(/\.[^./]*$/, "").split("/");
      const same = sharedEnd(segments, parts.slice(0, end));
      if (same === end && end > 1) fitting.push([file, 0.9]);
    }
    if (fitting.length > 0 && fitting.length <= 4) return fitting;
  }
  return [];
}

function sharedEnd(a: readonly string[], b: readonly string[]): number {
  let same = 0;
  while (same < a.length && same < b.length) {
    if (a[a.length - 1 - same]?.toLowerCase() !== b[b.length - 1 - same]?.toLowerCase()) break;
    same += 1;
  }
  return same;
}
