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
  number,
  oneOf,
  ownTools,
  type Rule,
  text,
  textOr,
} from "./rule.ts";

const content = textOr(
  list(
    kinds({
      text: { text },
      refusal: { refusal: text },
      image_url: { image_url: fields({ url: dataUrl("images"), detail: text }) },
      file: { file: fields({ file_data: dataUrl("documents"), filename: text }) },
    }),
  ),
);

/**
 * What Chat Completions is sent, OpenAI's or any server's that speaks it. Names and shapes are those of `openai`
 * 7.57 (`resources/chat/completions`); `reasoning_content` is what other servers want back of a model's thoughts.
 * Not among them: sound, several answers at once and guesses at one (they multiply the price), searches, what is
 * kept at the vendor's.
 */
export const CHAT: Rule = fields({
  model: text,
  messages: list(
    fields({
      role: oneOf("system", "developer", "user", "assistant", "tool"),
      content,
      name: text,
      refusal: text,
      reasoning_content: text,
      tool_call_id: text,
      tool_calls: list(
        kinds({
          function: { id: text, index: count, function: fields({ name: text, arguments: text }) },
        }),
      ),
    }),
  ),
  max_tokens: count,
  max_completion_tokens: count,
  stream: flag,
  stream_options: leftOut,
  tools: ownTools({
    function: { function: fields({ name: text, description: text, parameters: anything, strict: flag }) },
  }),
  tool_choice: textOr(kinds({ function: { function: fields({ name: text }) } })),
  parallel_tool_calls: flag,
  n: oneOf(1),
  modalities: list(oneOf("text")),
  reasoning_effort: text,
  verbosity: text,
  response_format: anything,
  stop: textOr(list(text)),
  seed: number,
  temperature: count,
  top_p: count,
  top_k: number,
  min_p: count,
  frequency_penalty: number,
  presence_penalty: number,
  repetition_penalty: number,
  logit_bias: anything,
  logprobs: flag,
  top_logprobs: count,
  prompt_cache_key: text,
  prompt_cache_options: leftOut,
  prompt_cache_retention: leftOut,
  store: oneOf(false),
  service_tier: heardAs("default", oneOf("auto", "default")),
  metadata: leftOut,
  safety_identifier: leftOut,
  user: leftOut,
});
