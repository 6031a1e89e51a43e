/**
 * `npm run record -- --task DIR`: one run of a task with a real model, whose answers are kept in the
 * task's folder as recording.<agent>.json for replays without a key.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ModelEnv, modelEnv } from "../../packages/cli/src/env.ts";
import { endpointsOf } from "../../packages/cli/src/run/models.ts";
import { AicdError, DEFAULT_MODELS } from "../../packages/core/src/index.ts";
import { runBench } from "./agent/bench.ts";
import { readOptions } from "./agent/options.ts";
import { startRecorder } from "./agent/record.ts";
import { createWatcher, showTable } from "./agent/show.ts";

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

try {
  process.exitCode = await record(process.argv.slice(2), modelEnv());
} catch (error) {
  // What a person can mend is one sentence; anything else is ours and shows where.
  const text =
    error instanceof AicdError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 2;
}

async function record(argv: string[], env: ModelEnv): Promise<number> {
  const options = readOptions(argv.map((word) => (word === "--task" ? "--tasks" : word)));
  if (options === undefined || options.agent === "mock") {
    throw new AicdError(
      "invalid",
      "npm run record -- --task DIR [--agent claude|openai|bash] [--model NAME] [--provider NAME]",
    );
  }
  const { agent, provider = agent === "openai" ? "openai" : "anthropic" } = options;
  const vendor = provider === "anthropic" ? "anthropic" : "openai";
  if (env[`${vendor}Key`] === undefined && env[`${vendor}Url`] === undefined) {
    throw new AicdError("invalid", `Recording asks a real model: set ${vendor.toUpperCase()}_API_KEY.`);
  }
  const model = options.model ?? DEFAULT_MODELS[provider];
  if (model === undefined) throw new AicdError("invalid", `Name a model for ${provider} with --model.`);
  const recorder = await startRecorder(vendor, endpointsOf(env)[vendor].baseURL.replace(/\/v1$/, ""));
  try {
    const through = {
      ...env,
      [`${vendor}Url`]: vendor === "anthropic" ? recorder.url : `${recorder.url}/v1`,
    };
    const run = { env: through, signal: stop.signal, watcher: createWatcher(process.stderr) };
    const rows = await runBench({ ...options, provider, replay: false }, run);
    process.stdout.write(showTable(rows));
    const [row] = rows;
    if (rows.length !== 1 || row?.solved !== true) {
      process.stderr.write(
        "Nothing was recorded: only the run of one task that is solved makes a recording.\n",
      );
      return 1;
    }
    const file = join(options.tasks, `recording.${agent}.json`);
    await writeFile(file, `${JSON.stringify(recorder.recording(model), null, 1)}\n`);
    process.stdout.write(`\n${file}\n`);
    return 0;
  } finally {
    await recorder.stop();
  }
}
