import { dataUrl } from "./media.ts";
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

const IMAGE = { image_url: dataUrl("images"), detail: text };
const FILE = { file_data: dataUrl("documents"), filename: text, detail: text };
const INPUT = { input_text: { text }, input_image: IMAGE, input_file: FILE };
/** What the model said, given back. Its annotations point at searches and files nobody can have made. */
const OUTPUT = {
  output_text: { text, annotations: leftOut, logprobs: leftOut },
  refusal: { refusal: text },
  reasoning_text: { text },
  summary_text: { text },
};
const said = textOr(list(kinds({ ...INPUT, ...OUTPUT })));
const results = textOr(list(kinds(INPUT)));
const ITEM = { id: text, status: text };
const CALL = { ...ITEM, call_id: text, name: text, namespace: text, caller: kinds({ direct: {} }) };

const items = list(
  kinds(
    {
      message: {
        ...ITEM,
        role: oneOf("user", "assistant", "system", "developer"),
        content: said,
        phase: text,
      },
      reasoning: { ...ITEM, summary: said, content: said, encrypted_content: text },
      function_call: { ...CALL, arguments: text },
      function_call_output: { ...CALL, output: results },
      custom_tool_call: { ...CALL, input: text },
      custom_tool_call_output: { ...CALL, output: results },
    },
    "message",
  ),
);

const OWN_TOOLS = {
  function: {
    name: text,
    description: text,
    parameters: anything,
    output_schema: anything,
    strict: flag,
    defer_loading: flag,
  },
  // Free text instead of arguments: Codex edits files with one.
  custom: { name: text, description: text, format: anything, defer_loading: flag },
};

/**
 * What OpenAI's Responses API is sent. Names and shapes are those of `openai` 7.57
 * (`resources/responses/responses`). Not among them: what is kept at the vendor's (conversations, stored answers
 * and prompts, background work), its own tools and their items, files and addresses, compaction, moderation.
 */
export const RESPONSES: Rule = fields({
  model: text,
  stream: flag,
  stream_options: fields({ include_obfuscation: flag }),
  instructions: text,
  input: textOr(items),
  max_output_tokens: count,
  tools: ownTools({
    ...OWN_TOOLS,
    namespace: { name: text, description: text, tools: ownTools(OWN_TOOLS) },
  }),
  tool_choice: textOr(
    kinds({
      function: { name: text },
      custom: { name: text },
      allowed_tools: { mode: text, tools: list(kinds({ function: { name: text }, custom: { name: text } })) },
    }),
  ),
  parallel_tool_calls: flag,
  reasoning: fields({
    effort: text,
    summary: text,
    generate_summary: text,
    context: text,
    mode: oneOf("standard"),
  }),
  text: fields({ format: anything, verbosity: text }),
  include: list(oneOf("reasoning.encrypted_content", "message.output_text.logprobs")),
  temperature: count,
  top_p: count,
  top_logprobs: count,
  truncation: oneOf("auto", "disabled"),
  prompt_cache_key: text,
  prompt_cache_options: leftOut,
  prompt_cache_retention: leftOut,
  store: oneOf(false),
  background: oneOf(false),
  service_tier: heardAs("default", oneOf("auto", "default")),
  max_tool_calls: leftOut,
  metadata: leftOut,
  client_metadata: leftOut,
  safety_identifier: leftOut,
  user: leftOut,
});
