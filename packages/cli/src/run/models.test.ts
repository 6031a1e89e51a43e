import { DEFAULT_SETTINGS } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { chooseModels, endpointsOf } from "./models.ts";

const NOTHING = {
  anthropicKey: undefined,
  anthropicUrl: undefined,
  openaiKey: undefined,
  openaiUrl: undefined,
};

describe("endpointsOf", () => {
  it.each([
    [{ openaiUrl: "localhost:11434" }, "OPENAI_BASE_URL is not a web address: localhost:11434"],
    [{ anthropicUrl: "my proxy" }, "ANTHROPIC_BASE_URL is not a web address: my proxy"],
  ])("says of %j which variable is wrong", (wrong, words) => {
    expect(() => endpointsOf({ ...NOTHING, ...wrong })).toThrow(words);
  });

  it.each([
    ["https://proxy.example/anthropic", "https://proxy.example/anthropic"],
    ["http://localhost:4010/", "http://localhost:4010"],
    ["http://localhost:4010/v1/", "http://localhost:4010"],
  ])("takes Anthropic's address as %s", (anthropicUrl, baseURL) => {
    expect(endpointsOf({ ...NOTHING, anthropicUrl }).anthropic.baseURL).toBe(baseURL);
  });

  it.each([
    ["http://localhost:11434", "http://localhost:11434/v1"],
    ["http://localhost:11434/v1/", "http://localhost:11434/v1"],
    ["https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"],
  ])("takes OpenAI's address as %s", (openaiUrl, baseURL) => {
    expect(endpointsOf({ ...NOTHING, openaiUrl }).openai.baseURL).toBe(baseURL);
  });

  it("goes to the vendors themselves when no address is given", () => {
    const { anthropic, openai } = endpointsOf({ ...NOTHING, anthropicKey: "a", openaiKey: "o" });

    expect(anthropic).toEqual({ baseURL: "https://api.anthropic.com", apiKey: "a" });
    expect(openai).toEqual({ baseURL: "https://api.openai.com/v1", apiKey: "o" });
  });
});

describe("chooseModels", () => {
  it("is content with the address of a server that wants no key", () => {
    const env = { ...NOTHING, openaiUrl: "http://localhost:11434" };

    const { models, endpoints } = chooseModels({ settings: DEFAULT_SETTINGS, env, model: "qwen3" });

    expect(models.coder).toMatchObject({ provider: "openai", model: "qwen3" });
    expect(endpoints.openai).toEqual({ baseURL: "http://localhost:11434/v1", apiKey: "none" });
  });
});
