import { PROGRAM_FILES, PROGRAM_KEY, PROGRAM_MODELS } from "@aicd/core";
import {
  type CommandLine,
  type Heard,
  type Json,
  parseLine,
  record,
  records,
  words,
} from "./command-line.ts";

const PROVIDER = `{name="aicd",base_url="${PROGRAM_MODELS}/v1",env_key="AICD_MODEL_KEY",wire_api="responses"}`;

/** Codex, `codex exec`. */
export const codex: CommandLine = {
  name: "codex",
  install: "npm install --global @openai/codex",
  wire: "openai",
  start({ role, level, model, system, prompt, schema }) {
    // The sandbox around the program is ours and the stronger one, in which its own cannot be set up: no command
    // of a looker would run, and nothing would say so. Where ours is no wall, its own keeps lookers from writing.
    const isOurs = role === "coder" || level === "bwrap";
    const access = isOurs ? ["--dangerously-bypass-approvals-and-sandbox"] : ["--sandbox", "read-only"];
    return {
      argv: [
        ...["codex", "exec", "--json", "--ephemeral", "--color", "never", "--skip-git-repo-check"],
        // Orders of the machine and of the repository: rules, MCP servers, skills, AGENTS.md of the working tree.
        ...["--ignore-user-config", "--ignore-rules", "-c", "project_doc_max_bytes=0"],
        ...["-c", "skills.include_instructions=false"],
        // Errands of its own, to hosts that are none of the work's.
        ...["-c", "analytics.enabled=false", "--disable", "plugins", "--disable", "apps"],
        ...["-c", 'model_provider="aicd"', "-c", `model_providers.aicd=${PROVIDER}`],
        ...["-c", 'web_search="disabled"', "-c", 'approval_policy="never"', ...access],
        ...["-m", model, "--output-schema", `${PROGRAM_FILES}/schema.json`, "-"],
      ],
      env: { AICD_MODEL_KEY: PROGRAM_KEY, CODEX_HOME: PROGRAM_FILES },
      input: `${system}\n\n${prompt}`,
      files: { "schema.json": JSON.stringify(schema) },
    };
  },
  listener() {
    let last = "";
    return (line) => {
      const event = parseLine(line);
      if (event?.type === "item.completed") {
        const item = record(event.item) ?? {};
        if (item.type === "agent_message") last = words(item.text);
        return toHeard(item);
      }
      if (event?.type === "turn.completed") return [{ kind: "answer", value: last }];
      if (event?.type === "turn.failed" || event?.type === "error") {
        return [{ kind: "failed", message: words(record(event.error)?.message) || words(event.message) }];
      }
      return [];
    };
  },
};

function toHeard(item: Json): Heard[] {
  if (item.type === "agent_message") {
    const text = words(item.text);
    return text.startsWith("{") ? [] : [{ kind: "text", text }];
  }
  if (item.type === "command_execution") {
    return [{ kind: "tool", tool: "shell", detail: words(item.command), ok: item.exit_code === 0 }];
  }
  if (item.type === "file_change") {
    const detail = records(item.changes)
      .map((change) => words(change.path))
      .join(" ");
    return [{ kind: "tool", tool: "apply_patch", detail, ok: item.status !== "failed" }];
  }
  return [];
}
