import { PROGRAM_KEY, PROGRAM_MODELS } from "@aicd/core";
import {
  type CommandLine,
  type Heard,
  type Json,
  parseLine,
  record,
  records,
  words,
} from "./command-line.ts";

const LOOKING = "Read,Glob,Grep";
const WORKING = `${LOOKING},Edit,Write,Bash`;

/** Claude Code, `claude -p`. */
export const claudeCode: CommandLine = {
  name: "claude-code",
  install: "npm install --global @anthropic-ai/claude-code",
  wire: "anthropic",
  start({ role, model, system, prompt, schema }) {
    const tools = role === "coder" ? WORKING : LOOKING;
    return {
      argv: [
        ...["claude", "-p", "--output-format", "stream-json", "--verbose", "--no-session-persistence"],
        // The repository's own settings, hooks, skills and MCP servers are somebody else's orders.
        ...["--setting-sources", "", "--strict-mcp-config", "--disable-slash-commands"],
        // What is not allowed is denied without asking, since nobody is there to answer.
        ...["--permission-mode", "dontAsk", "--tools", tools, "--allowedTools", tools],
        ...["--model", model, "--system-prompt", system, "--json-schema", JSON.stringify(schema)],
      ],
      env: {
        ANTHROPIC_BASE_URL: PROGRAM_MODELS,
        ANTHROPIC_API_KEY: PROGRAM_KEY,
        // Its errands for titles and summaries go to the agreed model too; another would be refused.
        ANTHROPIC_SMALL_FAST_MODEL: model,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
        CLAUDE_CODE_SAFE_MODE: "1",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        // Beyond these the model counts as away and our own fallback has its turn.
        CLAUDE_CODE_MAX_RETRIES: "4",
        DISABLE_AUTOUPDATER: "1",
        DISABLE_TELEMETRY: "1",
      },
      input: prompt,
      files: {},
    };
  },
  listener() {
    const calls = new Map<string, { tool: string; detail: string }>();
    return (line) => {
      const event = parseLine(line);
      if (event === undefined) return [];
      if (event.type === "result") return [toAnswer(event)];
      const parts = records(record(event.message)?.content);
      if (event.type === "assistant") {
        return parts.flatMap((part): Heard[] => {
          if (part.type === "text") return [{ kind: "text", text: words(part.text) }];
          if (part.type !== "tool_use" || part.name === "StructuredOutput") return [];
          calls.set(words(part.id), { tool: words(part.name), detail: detailOf(record(part.input)) });
          return [];
        });
      }
      if (event.type !== "user") return [];
      return parts.flatMap((part): Heard[] => {
        const call = calls.get(words(part.tool_use_id));
        return call === undefined ? [] : [{ kind: "tool", ...call, ok: part.is_error !== true }];
      });
    };
  },
};

function toAnswer(event: Json): Heard {
  if (event.is_error === true) {
    return { kind: "failed", message: words(event.result) || words(event.subtype) };
  }
  return { kind: "answer", value: event.structured_output ?? words(event.result) };
}

function detailOf(input: Json | undefined): string {
  const named = [input?.command, input?.file_path, input?.pattern, input?.path];
  return words(named.find((value) => typeof value === "string"));
}
