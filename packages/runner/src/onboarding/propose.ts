import { derive } from "../derive/derive.ts";
import type { Commands, Machine, Repository } from "../derive/plan.ts";
import { SETTINGS_PATH, settingsFile } from "./settings-file.ts";
import { type SetupStep, setupSteps } from "./setup-steps.ts";
import { WORKFLOW_PATH, workflowFile } from "./workflow-file.ts";

/** What AI-CD begins with in a repository. */
export type Proposal = {
  /** What is not there yet; empty when the repository has both. */
  files: { path: string; content: string }[];
  steps: SetupStep[];
  commands: Commands;
};

/** A hosted runner: its image has the usual languages, and nothing is installed in the checkout. */
const HOSTED: Machine = { has: () => true, installed: [], versions: {} };

/** What makes a repository ready, by what it does itself: its workflow, and the settings to begin with. */
export function proposeSetup(repository: Repository, { schemaUrl }: { schemaUrl: string }): Proposal {
  const commands = derive({ repository, machine: HOSTED });
  const steps = setupSteps(repository, HOSTED);
  const files = [
    { path: WORKFLOW_PATH, content: workflowFile(steps) },
    { path: SETTINGS_PATH, content: settingsFile({ schemaUrl, commands }) },
  ];
  const there = new Set(repository.paths.map((path) => path.replace(/\.yaml$/, ".yml")));
  return { files: files.filter(({ path }) => !there.has(path)), steps, commands };
}
