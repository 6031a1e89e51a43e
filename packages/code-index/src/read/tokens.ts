const TOKEN = /[A-Za-z_$][\w$]*|\S/g;
const MOST_TOKENS = 32;

/** The first words and signs of a line. */
export function tokensOf(line: string): string[] {
  const tokens: string[] = [];
  for (const [token] of line.matchAll(TOKEN)) {
    tokens.push(token);
    if (tokens.length === MOST_TOKENS) break;
  }
  return tokens;
}

export function isWord(token: string | undefined): token is string {
  return token !== undefined && /^[A-Za-z_$]/.test(token);
}

/** The place behind a bracket that opens at `at`, or `at` where none does; -1 when it does not close. */
export function behind(
  tokens: readonly string[],
  at: number,
  [open, close]: readonly [string, string],
): number {
  if (tokens[at] !== open) return at;
  let depth = 0;
  for (let place = at; place < tokens.length; place++) {
    if (tokens[place] === open) depth += 1;
    // The arrow of `(a) => b` closes nothing.
    else if (tokens[place] === close && tokens[place - 1] !== "=" && tokens[place - 1] !== "-") depth -= 1;
    if (depth === 0) return place + 1;
  }
  return -1;
}
