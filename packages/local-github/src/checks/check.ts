import { simpleCommit } from "../git/commit-shape.ts";
import type { Commit } from "../git/read.ts";
import type { Actor } from "../http/route.ts";
import { announce } from "../webhooks/announce.ts";
import type { App } from "../world/app.ts";
import type { CheckRun, CheckSuite, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { checkRunShape, newestRuns, suiteShape } from "./shape.ts";

export interface CheckInput {
  name?: string | undefined;
  status?: CheckRun["status"] | undefined;
  conclusion?: CheckRun["conclusion"] | undefined;
  externalId?: string | undefined;
  detailsUrl?: string | undefined;
  startedAt?: string | undefined;
  completedAt?: string | undefined;
  output?:
    | {
        title?: string | undefined;
        summary?: string | undefined;
        text?: string | undefined;
        annotations?: readonly unknown[] | undefined;
      }
    | undefined;
  actions?: CheckRun["actions"] | undefined;
}

export function createCheckRun(
  world: World,
  repository: Repository,
  app: App,
  input: CheckInput & { name: string; commit: Commit },
): CheckRun {
  const run: CheckRun = {
    ...world.mint("checkRun"),
    repository,
    suite: suiteFor(world, repository, app, input.commit),
    app,
    name: input.name,
    headSha: input.commit.oid,
    status: "queued",
    conclusion: null,
    externalId: "",
    detailsUrl: app.webhookUrl ?? world.url,
    startedAt: world.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
  };
  apply(world, run, input);
  repository.checkRuns.push(run);
  world.checkRuns.set(run.id, run);
  announceCheckRun(world, run, "created", { account: app.bot, viaApp: app });
  if (run.status === "completed") announceEnd(world, run);
  return run;
}

export function updateCheckRun(world: World, run: CheckRun, input: CheckInput): void {
  const wasDone = run.status === "completed";
  apply(world, run, input);
  if (run.status === "completed" && !wasDone) announceEnd(world, run);
}

/** The last run of a suite that ends ends the suite, which is told to every App that listens. */
function announceEnd(world: World, run: CheckRun): void {
  announceCheckRun(world, run, "completed", { account: run.app.bot, viaApp: run.app });
  const suite = suiteShape(world, run);
  if (suite.status !== "completed") return;
  announce(world, {
    event: "check_suite",
    action: "completed",
    repository: run.repository,
    sender: run.app.bot,
    payload: {
      check_suite: {
        ...suite,
        head_commit: run.suite.headCommit,
        latest_check_runs_count: newestRuns(run).length,
        check_runs_url: `${suite.url}/check-runs`,
      },
    },
  });
}

/** A conclusion completes the run, whatever status came with it. */
function apply(world: World, run: CheckRun, input: CheckInput): void {
  const { output } = input;
  run.name = input.name ?? run.name;
  run.externalId = input.externalId ?? run.externalId;
  run.detailsUrl = input.detailsUrl ?? run.detailsUrl;
  run.startedAt = input.startedAt ?? run.startedAt;
  run.actions = input.actions ?? run.actions;
  run.annotations.push(...(output?.annotations ?? []));
  run.output = {
    title: output?.title ?? run.output.title,
    summary: output?.summary ?? run.output.summary,
    text: output?.text ?? run.output.text,
  };
  if (input.conclusion) {
    run.conclusion = input.conclusion;
    run.status = "completed";
    run.completedAt = input.completedAt ?? world.now();
    return;
  }
  if (!input.status) return;
  run.status = input.status;
  if (run.status !== "completed") {
    run.conclusion = null;
    run.completedAt = null;
  }
}

function suiteFor(world: World, repository: Repository, app: App, commit: Commit): CheckSuite {
  const headSha = commit.oid;
  const key = `${app.id} ${headSha}`;
  const known = repository.checkSuites.get(key);
  if (known) return known;
  const suite: CheckSuite = {
    ...world.mint("checkSuite"),
    app,
    headSha,
    headCommit: simpleCommit(commit),
    createdAt: world.now(),
  };
  repository.checkSuites.set(key, suite);
  return suite;
}

/** GitHub tells an App about its own runs; other Apps hear `created` and `completed` only. */
export function announceCheckRun(
  world: World,
  run: CheckRun,
  action: "created" | "completed" | "rerequested" | "requested_action",
  actor: Actor,
  more: Record<string, unknown> = {},
): void {
  const own = action === "rerequested" || action === "requested_action";
  announce(world, {
    event: "check_run",
    action,
    repository: run.repository,
    sender: actor.account,
    ...(own ? { onlyApp: run.app } : {}),
    payload: { check_run: checkRunShape(world, run), ...more },
  });
}
