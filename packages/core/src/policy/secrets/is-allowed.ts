import type { CompiledAllowed } from "./read-rules.ts";

/** Longer ones are keys as files hold them; no pattern of what is allowed means these. */
const READ = 2_000;

/** Whether a list of what is no secret has this find, or, without one, this whole file. */
export function isAllowed(
  allowed: CompiledAllowed,
  about: { path: string; secret?: string; match?: string; line?: string },
): boolean {
  const { path, secret, [allowed.target]: target } = about;
  const byPath = allowed.paths.some((pattern) => pattern.test(path));
  if (secret === undefined || target === undefined) return byPath && !allowed.both;
  const byText = allowed.regexes.some((pattern) => pattern.test(target.slice(0, READ)));
  const lower = secret.toLowerCase();
  const byWord = allowed.stopwords.some((word) => lower.includes(word));
  if (!allowed.both) return byPath || byText || byWord;
  const asked: [readonly unknown[], boolean][] = [
    [allowed.paths, byPath],
    [allowed.regexes, byText],
    [allowed.stopwords, byWord],
  ];
  return asked.every(([list, holds]) => list.length === 0 || holds);
}
