import { join } from "node:path";
import { parseArgs } from "node:util";
import { AicdError, Provider } from "../../../packages/core/src/index.ts";

const AGENTS = ["claude", "openai", "mock", "bash"] as const;
export type AgentName = (typeof AGENTS)[number];

export type BenchOptions = {
  /** A directory of task folders, or one task folder. */
  tasks: string;
  agent: AgentName;
  /** Another agent, tried on the same tasks in the same run. */
  against: AgentName | undefined;
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

/** Where the tasks of this repository lie. */
const BUNDLED = join(import.meta.dirname, "../../fixtures/agent-tasks");

export const USAGE = `npm run bench:agent -- [options]

  --tasks DIR        folders with repo.bundle, base, issue.md and check.sh, or one such folder (the bundled ones)
  --agent NAME       ${AGENTS.join(" | ")} (claude)
  --against NAME     another agent, tried on the same tasks, and how the first compares with it
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
  const agent = AGENTS.find((name) => name === (values.agent ?? "claude"));
  const against = AGENTS.find((name) => name === values.against);
  if (agent === undefined || (values.against !== undefined && against === undefined)) {
    const option = agent === undefined ? "--agent" : "--against";
    throw invalid(`${option} is one of ${AGENTS.join(", ")}.`);
  }
  const provider = Provider.optional().safeParse(values.provider);
  if (!provider.success) throw invalid(`--provider is one of ${Provider.options.join(", ")}.`);
  const budgetUsd = values["budget-usd"] === undefined ? undefined : Number(values["budget-usd"]);
  if (budgetUsd !== undefined && !(budgetUsd > 0)) throw invalid("--budget-usd takes dollars, such as 2.50.");
  return {
    tasks: values.tasks ?? BUNDLED,
    agent,
    against,
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
    against: text,
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
