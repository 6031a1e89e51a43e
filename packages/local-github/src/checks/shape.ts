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
    check_suite: {
      id: run.suite.id,
      node_id: run.suite.nodeId,
      head_branch: pulls[0]?.head ?? null,
      head_sha: run.headSha,
      status: run.status,
      conclusion: run.conclusion,
      url: `${apiUrl(world, run.repository)}/check-suites/${run.suite.id}`,
      before: null,
      after: run.headSha,
      pull_requests: pulls.map((pull) => pullMinimal(world, pull)),
      app: integration(world, run.app),
      created_at: run.suite.createdAt,
      updated_at: run.suite.createdAt,
    },
    app: integration(world, run.app),
    pull_requests: pulls.map((pull) => pullMinimal(world, pull)),
  };
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
