import { integration } from "../apps/shape.ts";
import { openPulls } from "../pulls/sync.ts";
import { apiUrl, webUrl } from "../repositories/shape.ts";
import type { CheckRun, Pull, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";

export function checkRunShape(world: World, run: CheckRun) {
  const url = `${apiUrl(world, run.repository)}/check-runs/${run.id}`;
  const pulls = openPulls(run.repository).filter((pull) => pull.headSha === run.headSha);
  return {
    id: run.id,
    name: run.name,
    node_id: run.nodeId,
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: `${webUrl(world, run.repository)}/runs/${run.id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      ...run.output,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: suiteShape(world, run),
    app: integration(world, run.app),
    pull_requests: pulls.map((pull) => pullMinimal(world, pull)),
  };
}

/** The suite of a run: under way until each of its runs has ended, and then as bad as the worst of them. */
export function suiteShape(world: World, run: CheckRun) {
  const { repository, suite } = run;
  const { app, headSha, id, nodeId, createdAt } = suite;
  const pulls = openPulls(repository).filter((pull) => pull.headSha === headSha);
  const runs = newestRuns(run);
  const open = runs.find(({ status }) => status !== "completed");
  return {
    id,
    node_id: nodeId,
    head_branch: pulls[0]?.head ?? null,
    head_sha: headSha,
    status: open === undefined ? ("completed" as const) : open.status,
    conclusion: open === undefined ? worstOf(runs) : null,
    url: `${apiUrl(world, repository)}/check-suites/${id}`,
    before: null,
    after: headSha,
    pull_requests: pulls.map((pull) => pullMinimal(world, pull)),
    app: integration(world, app),
    created_at: createdAt,
    updated_at: createdAt,
  };
}

/** The newest run of each name in the suite of a run, which are those that count. */
export function newestRuns({ repository, suite }: CheckRun): CheckRun[] {
  const newest = new Map<string, CheckRun>();
  for (const run of repository.checkRuns) if (run.suite === suite) newest.set(run.name, run);
  return [...newest.values()];
}

const WORST = [
  ...(["failure", "timed_out", "action_required", "cancelled"] as const),
  ...(["success", "neutral", "skipped"] as const),
];

function worstOf(runs: readonly CheckRun[]) {
  return WORST.find((each) => runs.some(({ conclusion }) => conclusion === each)) ?? null;
}

function pullMinimal(world: World, pull: Pull) {
  const { repository, number } = pull.issue;
  const side = (ref: string, sha: string) => ({ ref, sha, repo: named(world, repository) });
  return {
    id: pull.id,
    number,
    url: `${apiUrl(world, repository)}/pulls/${number}`,
    head: side(pull.head, pull.headSha),
    base: side(pull.base, pull.baseSha),
  };
}

function named(world: World, repository: Repository) {
  return { id: repository.id, url: apiUrl(world, repository), name: repository.name };
}
