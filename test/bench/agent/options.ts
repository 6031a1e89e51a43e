import { parseArgs } from "node:util";
import { AicdError, Provider } from "../../../packages/core/src/index.ts";

const AGENTS = ["claude", "openai", "mock", "bash"] as const;
export type AgentName = (typeof AGENTS)[number];

export type BenchOptions = {
  /** A directory of task folders, or one task folder. */
  tasks: string;
  agent: AgentName;
  provider: Provider | undefined;
  model: string | undefined;
  /** Names of the only tasks to run; all when empty. */
  only: string[];
  /** Hard stop of one task. */
  budgetUsd: number | undefined;
  /** Recordings, even when a key is set. */
  replay: boolean;
  json: boolean;
};

export const USAGE = `npm run bench:agent -- --tasks DIR [options]

  --tasks DIR        folders with repo.bundle, base, issue.md and check.sh, or one such folder
  --agent NAME       ${AGENTS.join(" | ")} (claude)
  --provider NAME    anthropic | openai | openai-compatible, when the agent's name does not say it
  --model NAME       the model of all roles
  --only NAME        only this task; may be given several times
  --budget-usd N     most that one task may cost
  --replay           the task's recording, even when a key is set
  --json             one JSON document on stdout, nothing else

Keys and addresses: ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL. Without them
a task is replayed from its recording.<agent>.json. The exit code is 0 when the run came to its end,
whatever was solved.
`;

/** Throws AicdError `invalid` with what to write instead; undefined when help was asked for. */
export function readOptions(argv: string[]): BenchOptions | undefined {
  const values = parse(argv);
  if (values.help === true) return undefined;
  if (values.tasks === undefined) throw invalid("Name the tasks with --tasks DIR.");
  const agent = AGENTS.find((name) => name === (values.agent ?? "claude"));
  if (agent === undefined) throw invalid(`--agent is one of ${AGENTS.join(", ")}.`);
  const provider = Provider.optional().safeParse(values.provider);
  if (!provider.success) throw invalid(`--provider is one of ${Provider.options.join(", ")}.`);
  const budgetUsd = values["budget-usd"] === undefined ? undefined : Number(values["budget-usd"]);
  if (budgetUsd !== undefined && !(budgetUsd > 0)) throw invalid("--budget-usd takes dollars, such as 2.50.");
  return {
    tasks: values.tasks,
    agent,
    provider: provider.data,
    model: values.model,
    only: values.only ?? [],
    budgetUsd,
    replay: values.replay ?? false,
    json: values.json ?? false,
  };
}

function parse(argv: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    tasks: text,
    agent: text,
    provider: text,
    model: text,
    only: { type: "string", multiple: true },
    "budget-usd": text,
    replay: flag,
    json: flag,
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args: argv, options, strict: true }).values;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function invalid(message: string): AicdError {
  return new AicdError("invalid", `${message}\n\n${USAGE}`);
}
