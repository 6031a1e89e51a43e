import type { Machine, Repository } from "../derive/plan.ts";
import { fill } from "../derive/workflows/expressions.ts";
import { chosenTests } from "../derive/workflows/from-workflows.ts";
import type { ReadJob } from "../derive/workflows/read-job.ts";
import { asRecord, type Step } from "../derive/workflows/read-workflow.ts";

/** A step that installs a language or a tool, as the repository's own CI has it. */
export type SetupStep = { uses: string; with: Record<string, string> };

/** Actions that prepare a machine; what they install is then there for the sandbox. */
const PREPARES =
  /(?:^|\/)(?:setup-[\w-]+|install-[\w-]+|[\w-]+-setup|toolchain|rust-toolchain|setup)(?:\/[\w-]+)*@|^(?:dtolnay\/rust-toolchain|actions-rust-lang\/setup-rust-toolchain|erlef\/setup-beam|shivammathur\/setup-php|ruby\/setup-ruby|gradle\/actions\/setup-gradle)@/;
/** Ours, and what would publish or sign in. */
const NOT = /setup-(?:qemu|buildx|chrome|firefox|kubectl|helm|terraform|gcloud|aws)|docker\/|configure-/;
const MOST = 8;

/**
 * What the jobs that prove a change in the repository's CI do before their first command: the same actions at the
 * same versions, with the values of the one row of their matrix that is taken. What needs a secret is left out.
 */
export function setupSteps(repository: Repository, machine: Machine): SetupStep[] {
  const found = chosenTests(repository, machine).flatMap((job) =>
    job.job.steps.flatMap((step) => toSetup(step, job) ?? []),
  );
  const seen = new Set<string>();
  return found
    .filter(({ uses }) => {
      const [name = ""] = uses.split("@");
      return !seen.has(name) && seen.add(name);
    })
    .slice(0, MOST);
}

function toSetup({ uses = "", with: given }: Step, { context }: ReadJob): SetupStep | undefined {
  if (!PREPARES.test(uses) || NOT.test(uses) || !/^[\w./-]+@[\w./-]+$/.test(uses)) return undefined;
  const values = Object.entries(asRecord(given)).flatMap(([name, value]) => {
    const text = String(value ?? "");
    // Values the run alone knows, such as a token, are what the action does without here.
    const filled = /secrets\.|github\.token/.test(text) ? undefined : fill(text, context);
    return filled === undefined || filled === "" || !/^[\w.-]+$/.test(name) ? [] : [[name, filled] as const];
  });
  return { uses, with: Object.fromEntries(values) };
}
