import type { AgentScope, AgentTask, CodeOutcome, IAgent, PlanOutcome, ReviewOutcome } from "@aicd/core";
import { z } from "zod";
import { loop } from "./loop.ts";
import type { Model } from "./models/model.ts";
import { DATA_RULE } from "./prompts/data.ts";
import { describeEvidence } from "./prompts/evidence.ts";
import { describeFindings, describeTask } from "./prompts/task.ts";
import { defineTool } from "./tools/tool.ts";

const SECONDS = 120;
const DONE = "submit";

const SYSTEM = `You solve an issue of a repository with a shell and nothing else. Each command starts in the repository's root, in a fresh shell: directories and variables do not carry over. There is no network and no terminal.

Look around, reproduce the problem, change the code with commands (sed, patches, here-documents), and run the tests. When the issue is solved, run the command \`${DONE}\`: your working tree is what counts. Do not commit.

${DATA_RULE}`;

const bash = defineTool({
  name: "bash",
  description: `Runs a shell command and answers its exit code and output. \`${DONE}\` alone ends your work.`,
  input: z.object({ command: z.string().min(1).max(100_000) }),
  readOnly: false,
  async run({ command }, { workspace, budget, now, signal }) {
    if (command.trim() === DONE) return { kind: "finish", value: null };
    const left = Math.max(1_000, budget.deadlineMs - now());
    const result = await workspace.run(command, { timeoutMs: Math.min(SECONDS * 1_000, left), signal });
    const end = result.timedOut ? `stopped after ${SECONDS} s` : `exit code ${result.exitCode ?? "none"}`;
    return { kind: "ok", text: `[${end}]\n${result.output}` };
  },
});

/**
 * The least an agent can be: one tool, no plan and no critic of its own. What the other agents do better
 * than this, with the same model, is what they are worth.
 */
export class BashAgent implements IAgent {
  readonly name: string;
  readonly #model: Model;

  constructor(model: Model) {
    this.name = `bash with ${model.name}`;
    this.#model = model;
  }

  async plan({ snapshot }: AgentTask, _scope: AgentScope): Promise<PlanOutcome> {
    const { title } = snapshot.issue;
    return {
      kind: "planned",
      plan: {
        title: title.slice(0, 200) || "Untitled",
        understanding: "What the issue says.",
        cause: "Found while working.",
        files: [{ path: ".", change: "What the issue needs." }],
        tests: [],
        checks: [],
        risks: [],
        questions: [],
        estimate: { changedLines: 0, lowUsd: 0, likelyUsd: 0, highUsd: 0 },
      },
    };
  }

  async code(task: Parameters<IAgent["code"]>[0], scope: AgentScope): Promise<CodeOutcome> {
    const blocks = [
      ...describeTask(task),
      ...(task.evidence === undefined ? [] : describeEvidence(task.evidence)),
      ...describeFindings(task.findings, task.evidence),
      "Solve the issue.",
    ];
    const end = await loop(
      { model: this.#model, system: SYSTEM, prompt: blocks.join("\n\n"), tools: [bash] },
      scope,
    );
    if (end.kind === "stopped") return end;
    const { number, title } = task.snapshot.issue;
    return {
      kind: "coded",
      title: title.slice(0, 120) || "Untitled",
      summary: `Answers issue ${number}.`,
      receipts: [],
    };
  }

  async review(_task: Parameters<IAgent["review"]>[0], _scope: AgentScope): Promise<ReviewOutcome> {
    const summary = "The baseline has no critic; only the checks speak for this change.";
    return { kind: "reviewed", verdict: { approved: true, summary, findings: [] } };
  }
}
