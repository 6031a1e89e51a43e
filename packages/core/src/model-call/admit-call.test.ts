import { describe, expect, it } from "vitest";
import { admitCall, type Wire } from "./admit-call.ts";
import { modelProblem } from "./answer.ts";

const MESSAGES = ["anthropic", "/v1/messages"] as const;
const RESPONSES = ["openai", "/v1/responses"] as const;
const CHAT = ["openai", "/v1/chat/completions"] as const;
type Door = readonly [Wire, string];

const admit = ([wire, path]: Door, body: unknown, headers = {}) => admitCall({ wire, path, headers, body });
const heard = (door: Door, body: object, headers = {}): Record<string, unknown> =>
  JSON.parse(admit(door, { model: "m", ...body }, headers).text);
const user = (...content: unknown[]) => ({ messages: [{ role: "user", content }] });
const said = (...content: unknown[]) => ({ input: [{ role: "user", content }] });

describe("what is not understood is refused by name", () => {
  it.each<[Door, object, string]>([
    [MESSAGES, { mcp_servers: [] }, "mcp_servers"],
    [MESSAGES, { container: "c" }, "container"],
    [MESSAGES, { fallbacks: [{ model: "dearer" }] }, "fallbacks"],
    [MESSAGES, { inference_geo: "us" }, "inference_geo"],
    [MESSAGES, { speed: "fast" }, "speed"],
    [MESSAGES, { service_tier: "priority" }, "service_tier"],
    [MESSAGES, { compaction: {} }, "compaction"],
    [MESSAGES, { context_management: { edits: [{ type: "compact_20260112" }] } }, "compact_20260112"],
    [MESSAGES, { next_years_field: 1 }, "next_years_field"],
    [MESSAGES, user({ type: "image", source: { type: "url", url: "http://x" } }), "of type url"],
    [MESSAGES, user({ type: "image", source: { type: "file", file_id: "file_1" } }), "of type file"],
    [MESSAGES, user({ type: "container_upload", file_id: "file_1" }), "container_upload"],
    [MESSAGES, user({ type: "server_tool_use", id: "1", name: "web_search", input: {} }), "server_tool_use"],
    [
      MESSAGES,
      user({
        type: "tool_result",
        tool_use_id: "1",
        content: [{ type: "document", source: { type: "url" } }],
      }),
      "of type url",
    ],
    [MESSAGES, user({ type: "text", text: "x", next_years_field: 1 }), "next_years_field"],
    [
      MESSAGES,
      { tools: [{ name: "read", allowed_callers: ["code_execution_20260521"] }] },
      "allowed_callers",
    ],
    [MESSAGES, { __proto__: null, constructor: {} }, "constructor"],
    [RESPONSES, { background: true }, "background"],
    [RESPONSES, { store: true }, "store"],
    [RESPONSES, { service_tier: "priority" }, "service_tier"],
    [RESPONSES, { previous_response_id: "resp_1" }, "previous_response_id"],
    [RESPONSES, { prompt: { id: "pmpt_1" } }, "prompt"],
    [RESPONSES, { conversation: "c" }, "conversation"],
    [RESPONSES, { reasoning: { mode: "pro" } }, "reasoning.mode"],
    [RESPONSES, { include: ["web_search_call.results"] }, "include"],
    [RESPONSES, said({ type: "input_image", image_url: "https://x/y.png" }), "image_url"],
    [RESPONSES, said({ type: "input_image", file_id: "file_1" }), "file_id"],
    [RESPONSES, said({ type: "input_file", file_url: "https://x" }), "file_url"],
    [RESPONSES, { input: [{ type: "item_reference", id: "msg_1" }] }, "item_reference"],
    [RESPONSES, { input: [{ type: "compaction_trigger" }] }, "compaction_trigger"],
    [CHAT, { web_search_options: {} }, "web_search_options"],
    [CHAT, { n: 5 }, "n"],
    [CHAT, { prediction: { type: "content", content: "x" } }, "prediction"],
    [CHAT, { modalities: ["text", "audio"] }, "modalities"],
    [CHAT, user({ type: "image_url", image_url: { url: "http://x" } }), "url"],
    [CHAT, user({ type: "input_audio", input_audio: {} }), "input_audio"],
  ])("%s with %j", (door, body, name) => {
    expect(() => heard(door, body)).toThrow(
      expect.objectContaining({ kind: "invalid", message: expect.stringContaining(name) }),
    );
  });

  it.each([
    [MESSAGES, "/v1/files"],
    [RESPONSES, "/v1/responses/compact"],
    [CHAT, "/v1/messages"],
  ] as const)("of %s the path %s is not there", ([wire], path) => {
    expect(() => admitCall({ wire, path, headers: {}, body: {} })).toThrow(
      expect.objectContaining({ kind: "missing" }),
    );
  });

  it.each([[[]], ["text"], [null], [{ model: 7 }], [{}], [{ model: "m".repeat(300) }]])(
    "%j is no call",
    (body) => {
      expect(() => admit(MESSAGES, body)).toThrow(expect.objectContaining({ kind: "invalid" }));
    },
  );
});

describe("what only says who asks, or offers more than an answer, is left out", () => {
  it("tools of the vendor's, everywhere alike", () => {
    const own = { type: "function", name: "read", parameters: {} };
    const tools = [
      own,
      { type: "web_search" },
      { type: "tool_search", execution: "client" },
      { type: "mcp" },
      null,
    ];
    const nested = { type: "namespace", name: "n", description: "", tools: [own, { type: "shell" }] };

    expect(heard(RESPONSES, { tools: [...tools, nested] }).tools).toEqual([own, { ...nested, tools: [own] }]);
    expect(
      heard(MESSAGES, {
        tools: [
          { name: "read", input_schema: {} },
          { type: "web_fetch_20260318", name: "f" },
        ],
      }).tools,
    ).toEqual([{ name: "read", input_schema: {} }]);
    expect(heard(CHAT, { tools: [{ type: "custom", custom: {} }] }).tools).toEqual([]);
  });

  it("the caller, longer lives of caches, and betas that nobody looked at", () => {
    const body = {
      metadata: { user_id: "u" },
      ...user({ type: "text", text: "x", cache_control: { type: "ephemeral", ttl: "1h" } }),
    };
    const headers = {
      "anthropic-beta": "context-1m-2025-08-07, interleaved-thinking-2025-05-14,fast-mode-2026-02-01",
      "openai-beta": "x",
      cookie: "c",
      "anthropic-version": "2023-06-01",
    };

    const call = admit(MESSAGES, { model: "m", ...body }, headers);

    expect(JSON.parse(call.text)).toEqual({
      model: "m",
      messages: [
        { role: "user", content: [{ type: "text", text: "x", cache_control: { type: "ephemeral" } }] },
      ],
      service_tier: "standard_only",
    });
    expect(call.headers).toEqual({
      "anthropic-beta": "interleaved-thinking-2025-05-14",
      "anthropic-version": "2023-06-01",
    });
  });

  it("what is not set", () => {
    expect(heard(RESPONSES, { background: false, conversation: null, client_metadata: { a: "b" } })).toEqual({
      model: "m",
      background: false,
      store: false,
      service_tier: "default",
    });
  });
});

describe("what programs of today send goes through", () => {
  it("Claude Code's, with changed tools and thoughts given back", () => {
    const body = {
      model: "m",
      max_tokens: 128_000,
      stream: true,
      system: [{ type: "text", text: "sys", cache_control: { type: "ephemeral" } }],
      messages: [
        { role: "user", content: [{ type: "text", text: "hello" }] },
        { role: "system", content: [{ type: "text", text: "env" }], output_config: { effort: "medium" } },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "", signature: "s" },
            { type: "tool_use", id: "t", name: "Read", input: { type: "url", source: { type: "file" } } },
          ],
        },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "t",
              content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }],
            },
            { type: "tool_addition", tool: { type: "tool_reference", name: "Write" } },
          ],
        },
      ],
      tools: [{ name: "Read", description: "d", input_schema: { type: "object" }, defer_loading: true }],
      thinking: { type: "adaptive", display: "updates" },
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      output_config: { effort: "medium" },
    };

    expect(heard(MESSAGES, body)).toEqual({ ...body, service_tier: "standard_only" });
  });

  it("Codex's", () => {
    const body = {
      model: "m",
      stream: true,
      input: [
        { type: "message", id: "msg_1", role: "developer", content: [{ type: "input_text", text: "x" }] },
        {
          type: "reasoning",
          id: "rs_1",
          summary: [{ type: "summary_text", text: "s" }],
          encrypted_content: "e",
        },
        { type: "custom_tool_call", call_id: "c", name: "apply_patch", input: "*** Begin" },
        { type: "custom_tool_call_output", call_id: "c", output: "ok" },
        { type: "function_call", call_id: "f", name: "exec_command", arguments: "{}", namespace: "n" },
        { type: "function_call_output", call_id: "f", output: [{ type: "input_text", text: "ok" }] },
        { role: "assistant", content: [{ type: "output_text", text: "done" }] },
      ],
      tools: [{ type: "custom", name: "apply_patch", description: "d", format: { type: "grammar" } }],
      tool_choice: "auto",
      parallel_tool_calls: true,
      reasoning: { effort: "medium" },
      store: false,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "k",
      text: { verbosity: "low", format: { type: "json_schema", strict: true, schema: {}, name: "n" } },
    };

    expect(heard(RESPONSES, body)).toEqual({ ...body, service_tier: "default" });
  });

  it("a streamed Chat Completions call, which is to count its tokens", () => {
    const messages = [
      { role: "system", content: "sys" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c", content: "ok" },
    ];

    expect(
      heard(CHAT, { stream: true, max_tokens: 5, messages, stream_options: { include_usage: false } }),
    ).toEqual({
      model: "m",
      stream: true,
      max_tokens: 5,
      messages,
      stream_options: { include_usage: true },
    });
  });
});

describe("the bounds of a call", () => {
  it("have a token for every byte, and the tokens that were allowed", () => {
    const one = admit(MESSAGES, { model: "m", max_tokens: 7, messages: [{ role: "user", content: "ä" }] });
    const two = admit(MESSAGES, { model: "m", max_tokens: 7, messages: [{ role: "user", content: "ää" }] });

    expect(one.worst.output).toBe(7);
    expect(one.worst.input).toBeGreaterThan(new TextEncoder().encode(one.text).length);
    expect(two.worst.input - one.worst.input).toBe(2);
  });

  it("count images and documents by what they can weigh, not by their bytes", () => {
    const image = (bytes: number) =>
      admit(MESSAGES, {
        model: "m",
        ...user({
          type: "image",
          source: { type: "base64", media_type: "image/png", data: "A".repeat(bytes) },
        }),
      }).worst.input;
    const url = `data:application/pdf;base64,${"A".repeat(100)}`;

    expect(image(4_000_000)).toBe(image(4));
    expect(image(4)).toBeGreaterThan(16_000);
    expect(
      admit(RESPONSES, { model: "m", ...said({ type: "input_file", file_data: url }) }).worst.input,
    ).toBeGreaterThan(1_000_000);
  });

  it("are a vendor's largest answer where the call names none", () => {
    expect(admit(RESPONSES, { model: "m", input: "x" }).worst.output).toBe(128_000);
    expect(admit(CHAT, { model: "m", max_tokens: 3, max_completion_tokens: 9 }).worst.output).toBe(9);
  });
});

it("an error of ours is one that both vendors' programs read", () => {
  expect(modelProblem("exhausted", "No more.")).toEqual({
    type: "error",
    error: { type: "billing_error", code: "aicd_exhausted", message: "No more." },
  });
});
