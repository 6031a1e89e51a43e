import { adapt } from "./adapt.ts";
import { classify } from "./classify.ts";
import { readJson } from "./ecosystems/json.ts";
import { type Command, type Commands, type Machine, NOTHING, type Repository } from "./plan.ts";
import { inside, statements } from "./shell.ts";
import { readJob } from "./workflows/read-job.ts";
import { readAnyWorkflow } from "./workflows/read-workflow.ts";

const STEPS = [".github/workflows/copilot-setup-steps.yml", ".github/workflows/copilot-setup-steps.yaml"];
const DEVCONTAINER = /^\.devcontainer(?:\.json$|\/(?:[^/]+\/)?devcontainer\.json$)/;
const HOOKS = ["onCreateCommand", "updateContentCommand", "postCreateCommand"];

/** How the repository says a machine is prepared to work on it: for other agents, or for people in containers. */
export function fromSetupSteps(repository: Repository, machine: Machine): Commands {
  const raw = fromCopilot(repository, machine) ?? fromDevcontainer(repository);
  // One that installs nothing is about the editor.
  if (raw === undefined || !raw.setup.some(({ kind }) => kind === "install")) return NOTHING;
  return adapt(repository, machine, raw);
}

function fromCopilot(repository: Repository, machine: Machine): Commands | undefined {
  const path = STEPS.find((one) => repository.has(one));
  if (path === undefined) return undefined;
  const workflow = readAnyWorkflow(repository, path);
  const jobs = workflow.jobs.flatMap((job) => readJob(repository, workflow, job, machine) ?? []);
  const setup = jobs.flatMap(({ lines }) =>
    lines
      .filter(({ kind }) => kind === "install" || kind === "build")
      .map(({ run, directory, ...rest }) => ({ ...rest, run: inside(directory, run), from: path })),
  );
  return { ...NOTHING, setup };
}

function fromDevcontainer(repository: Repository): Commands | undefined {
  const path = repository.paths.find((one) => DEVCONTAINER.test(one));
  if (path === undefined) return undefined;
  const manifest = readJson(repository.text(path));
  const setup = HOOKS.flatMap((hook) => scriptsOf(manifest[hook]))
    .flatMap(statements)
    .flatMap((run): Command[] => {
      const verdict = classify(run);
      if (verdict === undefined || "skip" in verdict || !["install", "build"].includes(verdict.kind))
        return [];
      return [{ ...verdict, run, from: path }];
    });
  return { ...NOTHING, setup };
}

/** A string is for a shell, a list is words, an object has several of both. */
function scriptsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return [value.map(String).join(" ")];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(scriptsOf) : [];
}
