const FACES: Record<string, string> = { rocket: "🚀", eyes: "👀", confused: "😕", "+1": "👍", "-1": "👎" };
const HASH = /\b([0-9a-f]{7})[0-9a-f]{33}\b/g;

/** What the local GitHub's ledger says of a write, in words for somebody who watches; undefined: no news. */
const WORDS: [RegExp, (...found: string[]) => string | undefined][] = [
  [/^revoked an installation token/, () => undefined],
  [/^reacted (\S+) to /, (_, face = "") => `reacts ${FACES[face] ?? face}`],
  [/^dispatched \S+ as run /, () => "starts a runner in GitHub Actions"],
  [/^created refs\/heads\/(\S+)/, (_, branch = "") => `makes the branch ${branch}`],
  [/^committed ([0-9a-f]{7})[0-9a-f]* to (\S+)/, (_, sha = "", branch = "") => `commits ${sha} to ${branch}`],
  [/^commented on (\S+)/, (_, where = "") => `comments on ${where}`],
  [/^opened pull request (\S+)/, (_, where = "") => `opens the pull request ${where}`],
  [/^updated (\S+)/, (_, where = "") => `updates ${where}`],
  [/^replied to review comment/, () => "replies in a thread of the review"],
];

export function tell(summary: string): string | undefined {
  for (const [pattern, words] of WORDS) {
    const found = pattern.exec(summary);
    if (found !== null) return words(...found);
  }
  return shortHashes(summary);
}

/** Nobody reads forty digits. */
export function shortHashes(text: string): string {
  return text.replace(HASH, "$1");
}
