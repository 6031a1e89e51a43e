import { AicdError } from "../errors.ts";
import { CHAT } from "./chat.ts";
import { BETAS, MESSAGES } from "./messages.ts";
import { RESPONSES } from "./responses.ts";
import type { Rule, Seen } from "./rule.ts";

/** Whose wire format it is. */
export type Wire = "anthropic" | "openai";

/** Paths that cost what we can count, and what each may be sent. There are no others. */
const RULES: Readonly<Record<Wire, Readonly<Record<string, Rule>>>> = {
  anthropic: { "/v1/messages": MESSAGES },
  openai: { "/v1/responses": RESPONSES, "/v1/chat/completions": CHAT },
};

/** Request headers that travel on. Cookies, addresses and our own key do not. */
const PASSED_HEADERS = ["content-type", "accept", "anthropic-version"] as const;

/** A token has a byte at least, so a text has no more tokens than bytes; what a vendor adds to it is bounded. */
const ADDED_TOKENS = 1_000;
/** An image costs by its size in pixels, of which its bytes say nothing; more than this no vendor counts. */
const IMAGE_TOKENS = 16_384;
/** A document is read page by page, in words and as images: it may fill a window. */
const DOCUMENT_TOKENS = 1_000_000;
/** The most that is answered to a call that names no bound of its own. */
const UNBOUNDED_OUTPUT = 128_000;

export type AdmittedCall = {
  model: string;
  /** Of what is left of the call, as JSON: the vendor hears this and no more. */
  text: string;
  headers: Record<string, string>;
  /** No count of the vendor's can be higher. */
  worst: { input: number; output: number };
};

/**
 * What of a program's model call a vendor may hear. Gateway and local proxy ask this, so both know the same calls.
 *
 * @param call.headers the request's, names in lower case
 * @throws AicdError `missing` for a path, `invalid` naming what it does not understand
 */
export function admitCall(call: {
  wire: Wire;
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: unknown;
}): AdmittedCall {
  const { wire, path } = call;
  const rules = RULES[wire];
  const rule = Object.hasOwn(rules, path) ? rules[path] : undefined;
  if (rule === undefined) {
    throw new AicdError("missing", `There are only the model's answers here, and no ${path.slice(0, 100)}.`);
  }
  const seen: Seen = { images: 0, documents: 0, mediaBytes: 0 };
  const said = rule(call.body, "", seen) as Record<string, unknown>;
  const { model } = said;
  if (typeof model !== "string" || model === "" || model.length > 200) {
    throw new AicdError("invalid", "Name the model, in at most 200 characters.");
  }
  const text = JSON.stringify({ ...said, ...always(path, said) });
  return { model, text, headers: headersOf(call.headers), worst: worstOf(text, said, seen) };
}

/** What must not be left to an account's own default: where it is kept, at what price, whether it is counted. */
function always(path: string, said: Record<string, unknown>): Record<string, unknown> {
  if (path === "/v1/messages") return { service_tier: "standard_only" };
  if (path === "/v1/responses") return { store: false, service_tier: "default" };
  return said.stream === true ? { stream_options: { include_usage: true } } : {};
}

function headersOf(given: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of PASSED_HEADERS) {
    const value = given[name];
    if (typeof value === "string") headers[name] = value;
  }
  const betas = [given["anthropic-beta"] ?? []].flat().flatMap((line) => line.split(","));
  const known = betas.map((beta) => beta.trim()).filter((beta) => BETAS.has(beta));
  if (known.length > 0) headers["anthropic-beta"] = known.join(",");
  return headers;
}

function worstOf(text: string, said: Record<string, unknown>, seen: Seen): { input: number; output: number } {
  const words = new TextEncoder().encode(text).length - seen.mediaBytes;
  const bounds = [said.max_tokens, said.max_output_tokens, said.max_completion_tokens].filter(
    (bound) => typeof bound === "number",
  );
  return {
    input: words + ADDED_TOKENS + seen.images * IMAGE_TOKENS + seen.documents * DOCUMENT_TOKENS,
    output: bounds.length === 0 ? UNBOUNDED_OUTPUT : Math.max(...bounds),
  };
}
