import { adapt } from "../adapt.ts";
import { type Command, type Commands, type Kind, type Machine, NOTHING, type Repository } from "../plan.ts";
import { inside } from "../shell.ts";
import { type Chosen, chooseJobs } from "./choose-jobs.ts";
import { type Line, type ReadJob, readJob } from "./read-job.ts";
import { readWorkflow } from "./read-workflow.ts";

const WORKFLOWS = /^\.github\/workflows\/[^/]+\.ya?ml$/;
const OTHERS = /\/(?:aicd|copilot-setup-steps)\.ya?ml$/;
const MOST_WORKFLOWS = 40;

/** What the repository's CI does for a pull request, as far as it can be done here. */
export function fromWorkflows(repository: Repository, machine: Machine): Commands {
  const chosen = chooseJobs(jobsOf(repository, machine));
  if (chosen.tests.length === 0) return NOTHING;
  const setup = chosen.tests.flatMap((job) => preparing(job).map((line) => toCommand(line, job)));
  const checks = chosen.tests.flatMap((job) => job.lines.filter(isCheck).map((line) => toCommand(line, job)));
  const looks = looksOf(chosen).map(({ line, job }) => toCommand(line, job));
  return adapt(
    repository,
    machine,
    {
      setup,
      // A change has to be built before it is tested, each time.
      checks: [
        ...looks,
        ...setup.filter(({ kind, ecosystem }) => kind === "build" && !BUILDS_ITSELF.has(ecosystem)),
        ...checks,
      ],
      notes: chosen.tests.flatMap(notesOf),
      missing: [],
    },
    { isPython: chosen.tests.some((job) => job.isPython) },
  );
}

/** The jobs whose tests prove a change. */
export function chosenTests(repository: Repository, machine: Machine): ReadJob[] {
  return chooseJobs(jobsOf(repository, machine)).tests;
}

function jobsOf(repository: Repository, machine: Machine): ReadJob[] {
  const paths = repository.paths.filter((path) => WORKFLOWS.test(path) && !OTHERS.test(path));
  return paths.slice(0, MOST_WORKFLOWS).flatMap((path) => {
    const workflow = readWorkflow(repository, path);
    if (workflow === undefined) return [];
    return workflow.jobs.flatMap((job) => readJob(repository, workflow, job, machine) ?? []);
  });
}

const CHECKS: readonly Kind[] = ["test", "types", "lint"];

function isCheck({ kind }: Line): boolean {
  return CHECKS.includes(kind);
}

/** Installs, and builds that come before the last test. */
function preparing({ lines }: ReadJob): Line[] {
  const last = lines.findLastIndex(({ kind }) => kind === "test");
  return lines
    .slice(0, last)
    .filter(({ kind, ecosystem }) => kind === "install" || (kind === "build" && !TESTS_BUILD.has(ecosystem)));
}

const TESTS_BUILD = new Set(["rust", "go", "dotnet"]);

/** Their test commands build what they test. */
const BUILDS_ITSELF = new Set(["rust", "go", "dotnet", "maven", "gradle", "scala", "elixir"]);

/** Types and lint of other jobs, where what the tests need is enough for them. */
function looksOf({ tests, others }: Chosen): { line: Line; job: ReadJob }[] {
  const places = new Set(
    tests.flatMap(({ lines }) => lines.map(({ ecosystem, directory }) => `${ecosystem} ${directory}`)),
  );
  const files = new Set(tests.map(({ workflow }) => workflow));
  const near = others.filter(({ workflow }) => files.has(workflow) || LOOKS.test(workflow));
  const found = near.flatMap((job) =>
    job.lines
      .filter(
        ({ kind, ecosystem, directory, run }) =>
          (kind === "types" || kind === "lint") &&
          SELF_CONTAINED.has(ecosystem) &&
          places.has(`${ecosystem} ${directory}`) &&
          !MENDS.test(run),
      )
      .map((line) => ({ line, job })),
  );
  return (["types", "lint"] as const).flatMap((kind) =>
    found.filter(({ line }) => line.kind === kind).slice(0, 2),
  );
}

const LOOKS = /\/(?:lint|types?|type-?check|check|static|style|quality|format)[\w.-]*$/i;
/** What changes files proves nothing. */
const MENDS = /\s--(?:fix|write)\b|\s(?:run )?(?:format|fmt|fix)(?:\s|$)(?!.*--check)/;

/** Ecosystems whose tools come with the language or with the dependencies of the tests. */
const SELF_CONTAINED = new Set(["node", "go", "rust", "deno", "elixir"]);

function toCommand({ run, directory, kind, ecosystem }: Line, { workflow, job }: ReadJob): Command {
  return { run: inside(directory, run), from: `${workflow} (job ${job.id})`, kind, ecosystem };
}

function notesOf({ workflow, job, left }: ReadJob): string[] {
  const where = `${workflow} (job ${job.id})`;
  const services =
    job.services.length === 0
      ? []
      : [
          `${where} has services that cannot be had in the sandbox: ${job.services.join(", ")}. Tests that need one will fail.`,
        ];
  const container = job.container
    ? [`${where} runs in a container of its own; here it runs on the machine.`]
    : [];
  const steps = left.slice(0, 8).map(({ run, why }) => `${where}: \`${run}\` is left out: ${why}.`);
  return [...services, ...container, ...steps];
}
