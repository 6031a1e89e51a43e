import { NO_TOKENS, type Tokens } from "@aicd/core";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";

const CHARACTERS_PER_TOKEN = 3.3;

/** What came of one answer, and what its vendor has counted of it. */
export type Hearing = {
  note(event: ModelEvent): void;
  characters(): number;
  counted(): Tokens;
  whole(): boolean;
};

export function hearing(): Hearing {
  let characters = 0;
  let counted = NO_TOKENS;
  let whole = false;
  return {
    note(event) {
      if (event.type === "text") characters += event.text.length;
      if (event.type === "call") characters += JSON.stringify(event.input).length;
      if (event.type === "usage") counted = event.tokens;
      if (event.type === "stop") whole = true;
    },
    characters: () => characters,
    counted: () => counted,
    whole: () => whole,
  };
}

/**
 * The usage a vendor did not tell: small servers count nothing, and the count of a broken answer is lost
 * with its end. Money that is not counted would let a budget run for ever.
 */
export function* estimate(model: Model, request: ModelRequest, heard: Hearing): Generator<ModelEvent> {
  const { input, output, cacheRead, cacheWrite } = heard.counted();
  const isCounted = input + cacheRead + cacheWrite > 0;
  if (heard.whole() ? isCounted : heard.characters() === 0) return;
  const sent = request.system.length + JSON.stringify([request.messages, request.tools]).length;
  const tokens = {
    ...NO_TOKENS,
    input: isCounted ? 0 : Math.ceil(sent / CHARACTERS_PER_TOKEN),
    output: Math.max(0, Math.ceil(heard.characters() / CHARACTERS_PER_TOKEN) - output),
  };
  if (tokens.input + tokens.output === 0) return;
  yield { type: "usage", provider: model.provider, model: model.name, tokens };
}
