/** What a model takes: the conversation and its answer together, and the answer alone. In tokens. */
export type Window = { contextTokens: number; maxTokens: number };

/** Most tokens of one answer, where the window is large. */
const MAX_TOKENS = 16_000;
const ANSWER_SHARE = 1 / 4;
/** Below this there is no room for tools, a task and an answer. */
const LEAST_TOKENS = 2_000;
const LEAST_ANSWER = 256;
/** Where a server does not say how much it takes, the next try is this much smaller. */
const STEP = 0.6;

/** How servers name the most they answer: "max_tokens: 16000 > 8192", "supports at most 4096 completion tokens". */
const ANSWER_LIMITS = [
  /max_(?:completion_|output_)?tokens\W{0,3}\s*\d+ > (\d+)/i,
  /at most (\d+) (?:completion|output) tokens/i,
  /max_(?:completion_|output_)?tokens\b.{0,80}?(?:less than or equal to|<=|maximum(?: value)?(?: is| of)?) (\d+)/i,
];
/** How they name the most they take. */
const CONTEXT_LIMITS = [
  /context (?:length|window|size)(?: is| of)?(?: only)?[ (:]+(\d+)/i,
  /context limit: \d+ \+ \d+ > (\d+)/i,
  /\d+ tokens > (\d+) maximum/i,
  /n_ctx\D{1,5}(\d+)/i,
];

export function windowOf(contextTokens: number, maxTokens = MAX_TOKENS): Window {
  return { contextTokens, maxTokens: Math.min(maxTokens, Math.floor(contextTokens * ANSWER_SHARE)) };
}

/**
 * The window to try after a server refused a request as too long: what it says it takes, else a good part
 * less than what it refused. Undefined when that leaves no room to work in.
 */
export function shrink(
  window: Window,
  refused: { message: string; requestTokens: number },
): Window | undefined {
  const message = refused.message.replace(/(?<=\d),(?=\d{3})/g, "");
  const answer = first(message, ANSWER_LIMITS);
  if (answer !== undefined && answer < window.maxTokens) {
    return answer < LEAST_ANSWER ? undefined : { ...window, maxTokens: answer };
  }
  const said = first(message, CONTEXT_LIMITS);
  // What it says is no news when we kept to it: then our count of tokens is too low.
  const guess = Math.floor(Math.min(window.contextTokens, refused.requestTokens) * STEP);
  const contextTokens = said !== undefined && said < window.contextTokens ? said : guess;
  return contextTokens < LEAST_TOKENS ? undefined : windowOf(contextTokens, window.maxTokens);
}

function first(text: string, patterns: readonly RegExp[]): number | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return Number(found);
  }
  return undefined;
}
