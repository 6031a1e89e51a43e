import { AicdError } from "@aicd/core";

type Body = Readonly<Record<string, unknown>>;

/** What a vendor would do or keep for us beyond one answer: it costs what we cannot count, or reaches out. */
const FORBIDDEN = [
  "background",
  "mcp_servers",
  "container",
  "prompt",
  "conversation",
  "previous_response_id",
  "web_search_options",
] as const;
const SERVICE_TIERS: readonly unknown[] = ["auto", "default"];

/**
 * Lets through plain questions with the caller's own tools only; vendors' tools search, browse and run
 * code at a price no token count shows.
 * @throws AicdError forbidden, naming the field
 */
export function refuseCall(path: string, body: Body): void {
  const field =
    FORBIDDEN.find((name) => isSet(body[name])) ??
    (isSet(body.store) ? "store" : undefined) ??
    (isSet(body.service_tier) && !SERVICE_TIERS.includes(body.service_tier) ? "service_tier" : undefined) ??
    (isSet(body.speed) && body.speed !== "standard" ? "speed" : undefined);
  if (field !== undefined) {
    throw new AicdError("forbidden", `The model gateway does not pass on \`${field}\`; leave it out.`);
  }
  const { tools } = body;
  if (!isSet(tools)) return;
  if (!Array.isArray(tools) || !tools.every((tool) => isOwnTool(path, tool))) {
    throw new AicdError(
      "forbidden",
      "The model gateway passes on the caller's own function tools only, not the vendor's.",
    );
  }
}

function isOwnTool(path: string, tool: unknown): boolean {
  if (typeof tool !== "object" || tool === null) return false;
  const type = "type" in tool ? tool.type : undefined;
  if (path === "/v1/messages") return type === undefined || type === null || type === "custom";
  // A free-form tool is the caller's own too: Codex edits files with one.
  return type === "function" || (type === "custom" && path === "/v1/responses");
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}
