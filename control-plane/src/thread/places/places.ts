import type { Repository, Task } from "@aicd/db";
import { link } from "@aicd/github";

/** Where the parts of a task are to be seen, as far as they are there: addresses of pages. */
export type Places = Partial<Record<keyof typeof WORDS, string>>;

const WORDS = {
  status: "Status",
  plan: "Plan",
  pullRequest: "Pull request",
  changes: "What it changes",
  run: "Run",
  dashboard: "Dashboard",
} as const;

export function placesOf(of: {
  task: Pick<
    Task,
    "id" | "issueNumber" | "statusCommentId" | "pullRequestNumber" | "branch" | "baseBranch" | "headSha"
  >;
  repository: Pick<Repository, "owner" | "name">;
  /** GitHub's id of the comment that shows the plan. */
  planCommentId: number | undefined;
  runId: number | null;
  serverUrl: string;
  publicUrl: string;
}): Places & { dashboard: string } {
  const { task, repository, planCommentId, runId, serverUrl, publicUrl } = of;
  const repo = `${serverUrl}/${repository.owner}/${repository.name}`;
  const issue = `${repo}/issues/${task.issueNumber}`;
  const { statusCommentId, pullRequestNumber, branch, baseBranch, headSha } = task;
  return {
    status: statusCommentId === null ? issue : `${issue}#issuecomment-${statusCommentId}`,
    ...(planCommentId === undefined ? {} : { plan: `${issue}#issuecomment-${planCommentId}` }),
    ...(pullRequestNumber === null ? {} : { pullRequest: `${repo}/pull/${pullRequestNumber}` }),
    // A name alone is no branch yet.
    ...(branch === null || baseBranch === null || headSha === null
      ? {}
      : { changes: `${repo}/compare/${encodeURIComponent(baseBranch)}...${encodeURIComponent(branch)}` }),
    ...(runId === null ? {} : { run: `${repo}/actions/runs/${runId}` }),
    dashboard: `${publicUrl}/organizations/${encodeURIComponent(repository.owner)}/tasks/${task.id}`,
  };
}

/** Those that are there, in this order. */
export function namedPlaces(places: Places, ...which: (keyof Places)[]): { text: string; to: string }[] {
  return which.flatMap((name) => {
    const to = places[name];
    return to === undefined ? [] : [{ text: WORDS[name], to }];
  });
}

export function placeLinks(places: Places, ...which: (keyof Places)[]): string[] {
  return namedPlaces(places, ...which).map(link);
}
