import type {
  AgentScope,
  AgentTask,
  CodeOutcome,
  CriticVerdict,
  IAgent,
  Plan,
  PlanOutcome,
  ReviewOutcome,
  ThreadReceipt,
} from "@aicd/core";

/** Each list is used up entry by entry; its last entry then repeats. What is left out has a sane default. */
export type MockScript = {
  plans?: PlanOutcome[];
  /** Files written (null deletes) before the outcome is given. */
  codes?: { files: Record<string, string | null>; outcome?: CodeOutcome }[];
  verdicts?: ReviewOutcome[];
};

const FILE = "aicd-mock.md";

export const MOCK_REJECTION: ReviewOutcome = {
  kind: "reviewed",
  verdict: {
    approved: false,
    summary: "One case is missing.",
    findings: [
      { path: FILE, line: 1, severity: "major", why: "The case is not handled.", wanted: "Handle the case." },
    ],
  },
};
const APPROVAL: CriticVerdict = {
  approved: true,
  summary: "The change does what the plan says.",
  findings: [],
};

/** An agent without a model: the same script gives the same work, at no cost. */
export class MockAgent implements IAgent {
  readonly name = "mock";
  readonly #script: MockScript;
  readonly #used = { plans: 0, codes: 0, verdicts: 0 };

  constructor(script: MockScript = {}) {
    this.#script = script;
  }

  async plan(task: AgentTask, _scope: AgentScope): Promise<PlanOutcome> {
    return this.#next("plans") ?? { kind: "planned", plan: planOf(task) };
  }

  async code(task: Parameters<IAgent["code"]>[0], scope: AgentScope): Promise<CodeOutcome> {
    const round = this.#used.codes + 1;
    const step = this.#next("codes") ?? {
      files: { [FILE]: `${task.snapshot.issue.title}\n\nround ${round}\n` },
    };
    for (const [path, content] of Object.entries(step.files)) {
      if (content === null) await scope.workspace.delete(path);
      else await scope.workspace.write(path, content);
      scope.report({ type: "tool", tool: content === null ? "delete" : "write", detail: path, ok: true });
    }
    const { title, number } = task.snapshot.issue;
    const receipts = (task.snapshot.review?.comments ?? []).map(
      (comment): ThreadReceipt => ({ commentId: comment.id, kind: "changed", text: "Done as asked." }),
    );
    return step.outcome ?? { kind: "coded", title, summary: `Answers issue ${number}.`, receipts };
  }

  async review(_task: Parameters<IAgent["review"]>[0], _scope: AgentScope): Promise<ReviewOutcome> {
    return this.#next("verdicts") ?? { kind: "reviewed", verdict: APPROVAL };
  }

  #next<K extends keyof MockScript>(list: K): NonNullable<MockScript[K]>[number] | undefined {
    const entries: NonNullable<MockScript[K]>[number][] = this.#script[list] ?? [];
    const at = Math.min(this.#used[list], entries.length - 1);
    this.#used[list] += 1;
    return entries[at];
  }
}

/** A verdict list that sends the first change back once. */
export const REJECT_ONCE: ReviewOutcome[] = [MOCK_REJECTION, { kind: "reviewed", verdict: APPROVAL }];

function planOf(task: AgentTask): Plan {
  return {
    title: task.snapshot.issue.title.slice(0, 200) || "Untitled",
    understanding: "The issue asks for a change.",
    cause: "The change has not been made yet.",
    files: [{ path: FILE, change: "Write down the issue." }],
    tests: [],
    checks: [],
    risks: [],
    questions: [],
    estimate: { changedLines: 3, lowUsd: 0, likelyUsd: 0, highUsd: 0 },
  };
}
