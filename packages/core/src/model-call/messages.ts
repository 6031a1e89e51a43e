import { base64 } from "./media.ts";
import {
  anything,
  count,
  fields,
  flag,
  heardAs,
  kinds,
  leftOut,
  list,
  oneOf,
  ownTools,
  type Rule,
  text,
  textOr,
} from "./rule.ts";

/** A longer life costs more, so a cache lives its five minutes. */
const cacheMark = fields({ type: oneOf("ephemeral"), ttl: leftOut });
const cached = { cache_control: cacheMark };

const TEXT = { text, citations: leftOut, ...cached };
const IMAGE = {
  source: kinds({ base64: { media_type: text, data: base64("images") } }),
  ...cached,
};
const SEARCH_RESULT = {
  source: text,
  title: text,
  content: list(kinds({ text: TEXT })),
  citations: fields({ enabled: flag }),
  ...cached,
};
const DOCUMENT = {
  source: kinds({
    base64: { media_type: text, data: base64("documents") },
    text: { media_type: text, data: text },
    content: { content: textOr(list(kinds({ text: TEXT, image: IMAGE }))) },
  }),
  title: text,
  context: text,
  citations: fields({ enabled: flag }),
  ...cached,
};

const OWN_TOOL = {
  name: text,
  description: text,
  input_schema: anything,
  input_examples: anything,
  defer_loading: flag,
  eager_input_streaming: flag,
  strict: flag,
  allowed_callers: list(oneOf("direct")),
  ...cached,
};
/** As a result names a tool, and as a change of the tools does. */
const TOOL_REFERENCE = { tool_name: text, ...cached };
const CHANGED_TOOL = { tool_reference: { name: text } };

const blocks = list(
  kinds({
    text: TEXT,
    image: IMAGE,
    document: DOCUMENT,
    search_result: SEARCH_RESULT,
    thinking: { thinking: text, signature: text },
    redacted_thinking: { data: text },
    tool_use: {
      id: text,
      name: text,
      input: anything,
      caller: kinds({ direct: {} }),
      ...cached,
    },
    tool_result: {
      tool_use_id: text,
      is_error: flag,
      content: textOr(
        list(
          kinds({
            text: TEXT,
            image: IMAGE,
            document: DOCUMENT,
            search_result: SEARCH_RESULT,
            tool_reference: TOOL_REFERENCE,
          }),
        ),
      ),
      ...cached,
    },
    tool_addition: {
      tool: kinds({
        ...CHANGED_TOOL,
        tool_definition: { definition: kinds({ custom: OWN_TOOL }, "custom") },
      }),
      ...cached,
    },
    tool_removal: { tool: kinds(CHANGED_TOOL), ...cached },
  }),
);

const outputConfig = fields({
  effort: text,
  format: anything,
  task_budget: anything,
});

/**
 * What Anthropic's Messages API is sent. Names and shapes are those of `@anthropic-ai/sdk` 1.12
 * (`resources/beta/messages`). Not among them: servers' tools and what they leave behind, files and addresses,
 * containers, other models as fallbacks, compaction (a second answer, counted apart), fast mode, regions.
 */
export const MESSAGES: Rule = fields({
  model: text,
  max_tokens: count,
  stream: flag,
  system: textOr(list(kinds({ text: TEXT }))),
  messages: list(
    fields({
      role: oneOf("user", "assistant", "system"),
      content: textOr(blocks),
      output_config: outputConfig,
    }),
  ),
  tools: ownTools({ custom: OWN_TOOL }, "custom"),
  tool_choice: fields({
    type: oneOf("auto", "any", "tool", "none"),
    name: text,
    disable_parallel_tool_use: flag,
  }),
  thinking: fields({
    type: oneOf("enabled", "adaptive", "disabled", "between_tools"),
    budget_tokens: count,
    display: text,
    block_binding: anything,
  }),
  output_config: outputConfig,
  output_format: anything,
  context_management: fields({
    edits: list(
      kinds({
        clear_thinking_20251015: { keep: anything },
        clear_tool_uses_20250919: {
          keep: anything,
          trigger: anything,
          clear_at_least: anything,
          clear_tool_inputs: anything,
          exclude_tools: anything,
        },
      }),
    ),
  }),
  stop_sequences: list(text),
  temperature: count,
  top_k: count,
  top_p: count,
  cache_control: cacheMark,
  metadata: leftOut,
  // Else an account's priority capacity would be used up where there is some.
  service_tier: heardAs("standard_only", oneOf("auto", "standard_only")),
  speed: oneOf("standard"),
});

/**
 * Betas that change how an answer is formed and not what it costs, where it is made or what is kept of it. Most
 * are those that Claude Code sends; others are left out, and what needs them is refused by name.
 */
export const BETAS: ReadonlySet<string> = new Set([
  "claude-code-20250219",
  "context-management-2025-06-27",
  "effort-2025-11-24",
  "fine-grained-tool-streaming-2025-05-14",
  "interleaved-thinking-2025-05-14",
  "mid-conversation-output-config-2026-07-01",
  "mid-conversation-tool-changes-2026-07-01",
  "model-context-window-exceeded-2025-08-26",
  "output-128k-2025-02-19",
  "per-turn-control-2026-07-01",
  "prompt-caching-2024-07-31",
  "structured-outputs-2025-11-13",
  "task-budgets-2026-03-13",
  "thinking-display-updates-2026-08-18",
  "thinking-token-count-2026-05-13",
  "token-efficient-tools-2025-02-19",
]);
