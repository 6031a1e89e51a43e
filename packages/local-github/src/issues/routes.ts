import { accountNamed } from "../accounts/account.ts";
import { moved, type Need, repositoryRoute, roleOf } from "../http/door.ts";
import { forbidden, GitHubError, notFound } from "../http/errors.ts";
import type { Method } from "../http/method.ts";
import { paginate } from "../http/paging.ts";
import { type Actor, created, gone, ok, type Route, updated } from "../http/route.ts";
import { prepareReopen } from "../pulls/reopen.ts";
import { fullName } from "../repositories/shape.ts";
import { checkLabels, checkText } from "../rules/text.ts";
import type { Account } from "../world/account.ts";
import type { Issue, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { addLabels, editIssue, openIssue, removeLabel } from "./issue.ts";
import { setLocked } from "./lock.ts";
import { issueShape } from "./shape.ts";

export const READ: Need = { app: ["issues:read", "pull_requests:read"], user: "read" };
/** Anyone who can see the repository may write issues and comments; an App needs the permission. */
export const WRITE: Need = { app: ["issues:write", "pull_requests:write"], user: "read" };
export const TRIAGE: Need = { app: ["issues:write", "pull_requests:write"], user: "triage" };

const LOCK: Need = { ...TRIAGE, user: "write" };

export const issueRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}/issues", READ, (call) => {
    const issues = [...call.repository.issues.values()].filter((issue) => selects(call.query, issue));
    const key = call.query.sort === "updated" ? "updatedAt" : "createdAt";
    issues.sort((a, b) => b[key].localeCompare(a[key]) || b.number - a.number);
    if (call.query.direction === "asc") issues.reverse();
    const { items, headers } = paginate(call, issues);
    return ok(
      items.map((issue) => issueShape(call.world, issue)),
      headers,
    );
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/issues", WRITE, (call) => {
    const { world, repository, actor, body } = call;
    checkText("issueTitle", String(body.title));
    checkText("issueBody", body.body);
    const trusted = mayTriage(repository, actor);
    const labels = trusted ? labelNames(body.labels) : [];
    checkLabels([], labels);
    const issue = openIssue(world, repository, actor, {
      title: String(body.title),
      body: body.body,
      labels,
      assignees: trusted ? accounts(world, body.assignees) : [],
    });
    return created(issueShape(world, issue), `opened issue ${ref(issue)}`);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/issues/{issue_number}", READ, (call) => {
    return ok(issueShape(call.world, issueNumbered(call, call.params.issue_number)));
  }),
  repositoryRoute("patch", "/repos/{owner}/{repo}/issues/{issue_number}", WRITE, async (call) => {
    const { world, repository, actor, body } = call;
    const issue = issueNumbered(call, call.params.issue_number);
    const trusted = mayTriage(repository, actor);
    if (!trusted && issue.user !== actor.account) throw forbidden("Must have admin rights to Repository.");
    const title = body?.title === undefined || body.title === null ? undefined : String(body.title);
    checkText(issue.pull ? "pullTitle" : "issueTitle", title);
    checkText("issueBody", body?.body);
    if (trusted && body?.labels) checkLabels([], labelNames(body.labels));
    if (issue.pull && issue.state === "closed" && body?.state === "open")
      await prepareReopen(world, issue.pull);
    editIssue(world, issue, actor, {
      title,
      body: body?.body,
      state: body?.state,
      stateReason: body?.state_reason,
    });
    if (trusted && body?.labels) replaceLabels(world, issue, labelNames(body.labels), actor);
    if (trusted && body?.assignees) issue.assignees = accounts(world, body.assignees);
    return updated(issueShape(world, issue), `updated ${ref(issue)}`);
  }),
  repositoryRoute("put", "/repos/{owner}/{repo}/issues/{issue_number}/lock", LOCK, (call) => {
    const issue = issueNumbered(call, call.params.issue_number);
    setLocked(call.world, issue, call.actor, { locked: true, reason: call.body?.lock_reason });
    return gone(`locked ${ref(issue)}`);
  }),
  repositoryRoute("delete", "/repos/{owner}/{repo}/issues/{issue_number}/lock", LOCK, (call) => {
    const issue = issueNumbered(call, call.params.issue_number);
    setLocked(call.world, issue, call.actor, { locked: false });
    return gone(`unlocked ${ref(issue)}`);
  }),
];

/**
 * docs.github.com "Get an issue": 301 for one that was transferred, 410 for one that was deleted, to those who may
 * read the repository.
 */
export function issueNumbered(
  call: { world: World; repository: Repository; method: Method },
  number: number,
): Issue {
  const { world, repository, method } = call;
  const issue = repository.issues.get(number);
  if (issue) return issue;
  if (!repository.departed.has(number)) throw notFound();
  const now = repository.departed.get(number);
  if (now) throw moved(method, `${world.url}/repositories/${now.repository.id}/issues/${now.number}`);
  throw new GitHubError(410, "This issue was deleted", {
    documentation_url: "https://docs.github.com/rest/issues/issues#get-an-issue",
  });
}

/** `owner/name#7`, as people write it. */
export function ref(issue: Issue): string {
  return `${fullName(issue.repository)}#${issue.number}`;
}

export function mayTriage(repository: Repository, actor: Actor): boolean {
  if (actor.account.type === "Bot") return true;
  return (roleOf(repository, actor.account) ?? "read") !== "read";
}

/** Labels come as names or as objects that carry one. */
export function labelNames(labels: unknown): string[] {
  const list = Array.isArray(labels) ? labels : [];
  return list.map((label: unknown) =>
    typeof label === "string" ? label : String((label as { name?: unknown }).name),
  );
}

export function replaceLabels(world: World, issue: Issue, names: readonly string[], actor: Actor): void {
  const kept = new Set(names.map((name) => name.toLowerCase()));
  for (const label of [...issue.labels]) {
    if (!kept.has(label.name.toLowerCase())) removeLabel(world, issue, label.name, actor);
  }
  addLabels(world, issue, names, actor);
}

function accounts(world: World, assignees: readonly (string | { login?: string })[] | undefined): Account[] {
  const logins = (assignees ?? []).map((each) => (typeof each === "string" ? each : (each.login ?? "")));
  return logins.flatMap((login) => accountNamed(world, login) ?? []);
}

function selects(
  query: { [K in "state" | "labels" | "since" | "creator"]?: string | undefined },
  issue: Issue,
): boolean {
  const state = query.state ?? "open";
  if (state !== "all" && issue.state !== state) return false;
  if (query.since && issue.updatedAt < query.since) return false;
  if (query.creator && issue.user.login !== query.creator) return false;
  const wanted = (query.labels ?? "").toLowerCase().split(",").filter(Boolean);
  return wanted.every((name) => issue.labels.some((label) => label.name.toLowerCase() === name));
}
