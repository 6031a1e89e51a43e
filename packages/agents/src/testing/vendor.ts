import { type ChatCompletionRequest, type Fixture, type FixtureResponse, LLMock } from "@copilotkit/aimock";
import { anthropic } from "../models/anthropic.ts";
import type { Model } from "../models/model.ts";
import { openai } from "../models/openai.ts";
import { openaiCompatible } from "../models/openai-compatible.ts";

export const VENDORS = ["anthropic", "openai", "openai-compatible"] as const;
export type Vendor = (typeof VENDORS)[number];

export type TestVendor = {
  url: string;
  /** Requests in order, in one shape for all vendors. */
  requests(): ChatCompletionRequest[];
  model(vendor: Vendor, options?: { stallMs?: number; contextTokens?: number }): Model;
  stop(): Promise<void>;
};

/** What the vendor says next, whatever it is asked; one entry more than answers were needed is an error of the test. */
export type Answer = FixtureResponse | ({ response: FixtureResponse } & Omit<Fixture, "match" | "response">);

/** A vendor on a real port that gives these answers one after another. */
export async function startVendor(answers: Answer[]): Promise<TestVendor> {
  const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent", chunkSize: 20 });
  let given = 0;
  for (const [index, answer] of answers.entries()) {
    const { response, ...options } = "response" in answer ? answer : { response: answer };
    const predicate = () => given === index;
    mock.addFixture({
      ...options,
      match: { predicate },
      response: () => {
        given += 1;
        return response;
      },
    } as Fixture);
  }
  await mock.start();
  return {
    url: mock.url,
    requests: () => mock.journal.getAll().map((entry) => entry.body as ChatCompletionRequest),
    model(vendor, options = {}) {
      if (vendor === "anthropic")
        return anthropic({ baseURL: mock.url, apiKey: "k", model: "claude-sonnet-5", ...options });
      const connection = { baseURL: `${mock.url}/v1`, apiKey: "k", ...options };
      if (vendor === "openai") return openai({ ...connection, model: "gpt-5" });
      return openaiCompatible({ ...connection, model: "qwen3" });
    },
    stop: () => mock.stop(),
  };
}

let calls = 0;

/** An answer that calls tools, with ids as a vendor would give. */
export function calling(...tools: [name: string, input: Record<string, unknown>][]) {
  return {
    content: "",
    toolCalls: tools.map(([name, input]) => {
      calls += 1;
      return { id: `call_${calls}`, name, arguments: JSON.stringify(input) };
    }),
    usage: { input_tokens: 100, output_tokens: 10, prompt_tokens: 100, completion_tokens: 10 },
  };
}

export function saying(content: string, extra: object = {}) {
  return {
    content,
    usage: { input_tokens: 100, output_tokens: 10, prompt_tokens: 100, completion_tokens: 10 },
    ...extra,
  };
}

export function failing(status: number, extra: { retryAfter?: number; message?: string } = {}) {
  const { message = "no", ...rest } = extra;
  return { error: { message, type: "api_error" }, status, ...rest };
}
