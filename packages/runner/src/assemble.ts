import { createTreeSearch } from "@aicd/code-index/tree";
import { type AgentProgress, AicdError, type Budget } from "@aicd/core";
import type { LeaseGrant } from "@aicd/protocol";
import { prepare } from "./checkout/prepare.ts";
import { createTree, type Tree } from "./checkout/tree.ts";
import { createWorkspace } from "./checkout/workspace.ts";
import { derive } from "./derive/derive.ts";
import { lookAtMachine } from "./derive/look-at-machine.ts";
import { readRepository } from "./derive/read-repository.ts";
import { readGuides } from "./instructions/read-guides.ts";
import { readInstructions } from "./instructions/read-instructions.ts";
import type { HeldLease } from "./lease/hold.ts";
import { createPrograms } from "./programs/programs.ts";
import { toEvent } from "./progress.ts";
import { createRedact } from "./redact.ts";
import { createSandbox, type Sandbox } from "./sandbox/sandbox.ts";
import { createSharedSearch } from "./search/shared.ts";
import type { Attempt } from "./story/attempt.ts";
import { createCheckpoints } from "./story/checkpoints.ts";
import { createNotebook } from "./story/notebook.ts";
import type { WorkOptions } from "./work-options.ts";

/** Puts together what the phases work with. Throws AicdError when the checkout or the sandbox cannot be had. */
export async function assemble(
  options: WorkOptions,
  grant: LeaseGrant,
  held: HeldLease,
  spending: Spending,
): Promise<Attempt> {
  const { workspaceDir, tempDir, path, gitEnv = {}, now = Date.now } = options;
  const { startSha, baseSha, settings } = grant;
  const redact = createRedact([grant.leaseToken, ...secretsOf(gitEnv)]);
  const { trusted } = await prepare({ workspaceDir, tempDir, path, startSha, baseSha, gitEnv });
  const sandbox = await chooseSandbox(options, settings);
  const tree = createTree(trusted, { root: workspaceDir, startSha });
  const workspace = createWorkspace({ root: workspaceDir, sandbox, tree });

  const notebook = createNotebook(redact);
  const checkpoints = createCheckpoints({
    grant,
    client: options.client,
    lease: held.lease,
    tree,
    written: workspace.written,
    notebook,
    spentMicroUsd: spending.microUsd,
    onError: held.notice,
  });

  function report(progress: AgentProgress): void {
    spending.note(progress);
    notebook.note(progress);
    checkpoints.note(progress);
    options.log(progress);
    const event = toEvent(progress, redact);
    if (event !== undefined) held.events.add(event);
  }

  const budget: Budget = { ...grant.budget, spentMicroUsd: spending.microUsd };
  const { signal, events, lease } = held;
  const commandsFor = await chooseCommands(settings, tree, { path, workspaceDir });
  return {
    grant,
    client: options.client,
    lease,
    events,
    agent: await options.createAgent(grant),
    task: await readTask(grant, tree, namesOf(commandsFor())),
    scope: {
      workspace,
      programs: createPrograms(sandbox),
      codeSearch: searchOf(tree, options, held),
      budget,
      signal,
      report,
      now,
    },
    workspaceDir,
    tree,
    commandsFor,
    commands: commandsFor(),
    checkpoints,
    checkRun: {
      sandbox,
      redact,
      signal,
      left: () => grant.budget.deadlineMs - now(),
      ran: ({ command, exitCode }) => events.add({ type: "check.run", command, exitCode }),
    },
  };
}

/** The level that the settings demand, on what this machine has. */
function chooseSandbox(options: WorkOptions, settings: LeaseGrant["settings"]): Promise<Sandbox> {
  const { workspaceDir, tempDir, path, hidden, commandFiles, atMost, optOut } = options;
  return createSandbox({
    ...{ workspaceDir, tempDir, path, hidden, commandFiles, atMost, optOut },
    // Closed where nobody said anything.
    demanded: settings.sandbox ?? "bwrap",
  });
}

/** What is to be done, as agents read it. */
async function readTask(
  { snapshot, settings, startSha, baseSha }: LeaseGrant,
  tree: Tree,
  commands: Attempt["task"]["commands"],
): Promise<Attempt["task"]> {
  return {
    ...{ snapshot, settings, commands, startSha },
    instructions: await readInstructions(tree, baseSha),
    guides: await readGuides(tree, { baseSha, startSha }),
  };
}

/** The server's index, and what is in the workspace now. */
function searchOf(tree: Tree, { client }: WorkOptions, { lease, notice }: HeldLease) {
  return createSharedSearch({
    own: createTreeSearch(tree),
    client,
    lease,
    paths: async () => new Set((await tree.files()).map(({ path }) => path)),
    onError: notice,
  });
}

function namesOf({ setup, checks }: Attempt["commands"]): { setup: string[]; checks: string[] } {
  return { setup: setup.map(({ run }) => run), checks: checks.map(({ run }) => run) };
}

/** Counts the money agents report. */
export type Spending = { note(progress: AgentProgress): void; microUsd(): number };

export function createSpending(): Spending {
  let sum = 0;
  return {
    note(progress) {
      if (progress.type === "usage") sum += progress.microUsd;
    },
    microUsd: () => sum,
  };
}

/** A header carries its secret as the last word. */
function secretsOf(gitEnv: Record<string, string>): string[] {
  return Object.values(gitEnv).flatMap((value) => value.split(" ").slice(-1));
}

/** What the settings name counts; what they leave out is derived from the repository. */
async function chooseCommands(
  settings: { setup?: string[] | undefined; checks?: string[] | undefined },
  tree: Tree,
  { path, workspaceDir }: { path: string; workspaceDir: string },
): Promise<Attempt["commandsFor"]> {
  const repository = await readRepository(tree);
  const machine = await lookAtMachine(path, workspaceDir, repository);
  return (touched) => derive({ repository, machine, touched }, settings);
}

/** Which failure an error of the assembly stands for. */
export function reasonOf(error: unknown): "sandbox_unavailable" | "workspace_broken" | "internal_error" {
  if (!(error instanceof AicdError)) return "internal_error";
  return error.kind === "unavailable" ? "sandbox_unavailable" : "workspace_broken";
}
