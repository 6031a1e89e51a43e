import { expect, it } from "vitest";
import { createCounter } from "./count-usage.ts";

const SSE = "text/event-stream; charset=utf-8";
const events = (...data: unknown[]) => data.map((item) => `data: ${JSON.stringify(item)}\n\n`).join("");

/** Fed in odd pieces, as a network would. */
function count(body: string, contentType = SSE, requestBytes = 400) {
  const counter = createCounter(contentType, requestBytes);
  const bytes = new TextEncoder().encode(body);
  for (let at = 0; at < bytes.length; at += 7) counter.feed(bytes.subarray(at, at + 7));
  return counter.end();
}

const anthropicStart = {
  type: "message_start",
  message: {
    model: "claude-sonnet-5-5",
    usage: {
      input_tokens: 100,
      cache_read_input_tokens: 50,
      cache_creation_input_tokens: 20,
      output_tokens: 1,
    },
  },
};
const anthropicText = {
  type: "content_block_delta",
  delta: { type: "text_delta", text: 'a "word" '.repeat(40) },
};
const chatText = { choices: [{ delta: { content: "four".repeat(10) } }] };

it("counts a streamed Messages answer by its last word", () => {
  const end = { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 33 } };

  expect(count(events(anthropicStart, anthropicText, end))).toEqual({
    model: "claude-sonnet-5-5",
    tokens: { input: 100, output: 33, cacheRead: 50, cacheWrite: 20 },
    estimated: false,
  });
});

it("counts a streamed Responses answer without its cached part twice", () => {
  const usage = {
    input_tokens: 100,
    output_tokens: 33,
    input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
  };
  const completed = { type: "response.completed", response: { model: "gpt-5.5-2026-04-23", usage } };

  expect(count(events({ type: "response.output_text.delta", delta: "x" }, completed))).toEqual({
    model: "gpt-5.5-2026-04-23",
    tokens: { input: 30, output: 33, cacheRead: 60, cacheWrite: 10 },
    estimated: false,
  });
});

it("counts a streamed Chat Completions answer", () => {
  const usage = { prompt_tokens: 100, completion_tokens: 33, prompt_tokens_details: { cached_tokens: 10 } };

  expect(count(`${events(chatText, { model: "gpt-4o", choices: [], usage })}data: [DONE]\n\n`)).toEqual({
    model: "gpt-4o",
    tokens: { input: 90, output: 33, cacheRead: 10, cacheWrite: 0 },
    estimated: false,
  });
});

it("counts an answer that comes whole", () => {
  const body = JSON.stringify({ type: "message", model: "m", usage: { input_tokens: 7, output_tokens: 3 } });

  expect(count(body, "application/json")).toMatchObject({
    tokens: { input: 7, output: 3 },
    estimated: false,
  });
});

it("estimates what a cut Messages answer produced, and keeps the input it was told", () => {
  const cut = events(anthropicStart, anthropicText).slice(0, -2);

  expect(count(cut)).toEqual({
    model: "claude-sonnet-5-5",
    tokens: { input: 100, output: 110, cacheRead: 50, cacheWrite: 20 },
    estimated: true,
  });
});

it("estimates input and output where nothing was told", () => {
  const written = { type: "response.output_text.done", text: "counted already".repeat(100) };

  expect(count(events(chatText, chatText))).toEqual({
    model: undefined,
    tokens: { input: 100, output: 20, cacheRead: 0, cacheWrite: 0 },
    estimated: true,
  });
  expect(
    count(events({ type: "response.output_text.delta", delta: "12345678" }, written)).tokens.output,
  ).toBe(2);
  expect(count("{", "application/json").tokens).toMatchObject({ input: 100, output: 1 });
});
