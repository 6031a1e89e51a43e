import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What both have in common: a loop that asks the model over HTTP and does what it says. */
const COMMON = `#!/usr/bin/env node
const { execSync } = require("node:child_process");
const { writeFileSync, readFileSync } = require("node:fs");
const say = (event) => process.stdout.write(JSON.stringify(event) + "\\n");
const arg = (name) => process.argv[process.argv.indexOf(name) + 1];
const prompt = readFileSync(0, "utf8");
const env = process.env;
function act(name, input) {
  try {
    if (name === "Write") { writeFileSync(input.file_path, input.content); return { ok: true, text: "written" }; }
    if (name === "Bash") return { ok: true, text: execSync(input.command, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }) };
    if (name === "Die") { process.stderr.write(input.words); process.exit(input.code); }
    return { ok: true, text: "ok" };
  } catch (error) { return { ok: false, text: String(error.message) }; }
}
`;

const CLAUDE = `${COMMON}
async function main() {
  for (const flag of ["-p", "--strict-mcp-config", "--setting-sources", "--json-schema"]) {
    if (!process.argv.includes(flag)) { process.stderr.write("missing " + flag); process.exit(2); }
  }
  const messages = [{ role: "user", content: prompt }];
  say({ type: "system", subtype: "init", tools: arg("--tools").split(",") });
  for (;;) {
    const response = await fetch(env.ANTHROPIC_BASE_URL + "/v1/messages", {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": env.ANTHROPIC_API_KEY, "anthropic-version": "2023-06-01" },
      body: JSON.stringify({ model: arg("--model"), max_tokens: 1000, system: arg("--system-prompt"), messages }),
    });
    const answer = await response.json();
    if (!response.ok) {
      say({ type: "result", subtype: "success", is_error: true, result: "API Error: " + response.status });
      process.exit(1);
    }
    say({ type: "assistant", message: answer });
    messages.push({ role: "assistant", content: answer.content });
    const calls = answer.content.filter((part) => part.type === "tool_use");
    if (calls.length === 0) {
      const result = answer.content.map((part) => part.text ?? "").join("");
      return say({ type: "result", subtype: "success", is_error: false, result });
    }
    const done = calls.find((part) => part.name === "StructuredOutput");
    if (done) return say({ type: "result", subtype: "success", is_error: false, result: "", structured_output: done.input });
    const results = calls.map((part) => {
      const { ok, text } = act(part.name, part.input);
      return { type: "tool_result", tool_use_id: part.id, content: text, is_error: !ok };
    });
    say({ type: "user", message: { role: "user", content: results } });
    messages.push({ role: "user", content: results });
  }
}
main();
`;

const CODEX = `${COMMON}
async function main() {
  const config = process.argv.filter((_, index) => process.argv[index - 1] === "-c").join("\\n");
  const base = /base_url="([^"]+)"/.exec(config)[1];
  readFileSync(arg("--output-schema"));
  say({ type: "thread.started" });
  const input = [{ role: "user", content: prompt }];
  for (let n = 0; ; n++) {
    const response = await fetch(base + "/responses", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer " + env.AICD_MODEL_KEY },
      body: JSON.stringify({ model: arg("-m"), input, tools: [{ type: "web_search" }, { type: "custom", name: "apply_patch" }] }),
    });
    const answer = await response.json();
    if (!response.ok) { say({ type: "turn.failed", error: { message: "status " + response.status } }); process.exit(1); }
    const calls = answer.output.filter((item) => item.type === "function_call");
    if (calls.length === 0) {
      const text = answer.output.flatMap((item) => item.content ?? []).map((part) => part.text).join("");
      say({ type: "item.completed", item: { id: "item_" + n, type: "agent_message", text } });
      return say({ type: "turn.completed", usage: { input_tokens: 1, output_tokens: 1 } });
    }
    for (const call of calls) {
      const values = JSON.parse(call.arguments);
      const { ok, text } = act(call.name, values);
      say({ type: "item.completed", item: { id: "item_" + n, type: "command_execution", command: values.command ?? values.file_path, exit_code: ok ? 0 : 1, aggregated_output: text, status: "completed" } });
      input.push(call, { type: "function_call_output", call_id: call.call_id, output: text });
    }
  }
}
main();
`;

/** Small agents that speak the output formats of Claude Code and Codex; answers the directory to put on PATH. */
export async function installCommandLines(directory: string): Promise<string> {
  const bin = join(directory, "bin");
  await mkdir(bin, { recursive: true });
  for (const [name, source] of Object.entries({ claude: CLAUDE, codex: CODEX })) {
    await writeFile(join(bin, name), source);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}
