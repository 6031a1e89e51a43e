import { expect, it } from "vitest";
import { refuseCall } from "./refuse.ts";

const MESSAGES = "/v1/messages";
const RESPONSES = "/v1/responses";
const CHAT = "/v1/chat/completions";

it.each([
  [RESPONSES, { background: true }],
  [RESPONSES, { store: true }],
  [RESPONSES, { service_tier: "priority" }],
  [RESPONSES, { previous_response_id: "resp_1" }],
  [RESPONSES, { prompt: { id: "pmpt_1" } }],
  [RESPONSES, { tools: [{ type: "function", name: "read" }, { type: "web_search" }] }],
  [RESPONSES, { tools: [{ type: "mcp", server_url: "https://x" }] }],
  [RESPONSES, { tools: [{ name: "untyped" }] }],
  [CHAT, { web_search_options: {} }],
  [CHAT, { tools: [{ type: "custom" }] }],
  [MESSAGES, { mcp_servers: [] }],
  [MESSAGES, { container: "c" }],
  [MESSAGES, { speed: "fast" }],
  [MESSAGES, { tools: [{ type: "code_execution_20250825", name: "code_execution" }] }],
  [MESSAGES, { tools: [null] }],
  [MESSAGES, { tools: { 0: { type: "web_search_20250305" } } }],
])("%s with %j is refused", (path, body) => {
  expect(() => refuseCall(path, { model: "m", ...body })).toThrow(
    expect.objectContaining({ kind: "forbidden" }),
  );
});

it.each([
  [RESPONSES, { store: false, background: false, service_tier: "auto", tools: [{ type: "function" }] }],
  [CHAT, { tools: [{ type: "function", function: { name: "read" } }], stream: true }],
  [MESSAGES, { tools: [{ name: "read" }, { type: "custom", name: "edit" }], service_tier: "auto" }],
  [MESSAGES, {}],
])("%s with %j goes on", (path, body) => {
  expect(() => refuseCall(path, { model: "m", ...body })).not.toThrow();
});
