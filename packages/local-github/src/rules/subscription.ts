import { covers, type Level, type Permissions } from "../http/permissions.ts";

/** Events every App gets; none may name them among those it subscribes to. */
const ALWAYS_SENT = new Set([
  "installation",
  "installation_repositories",
  "installation_target",
  "github_app_authorization",
  "ping",
]);

/**
 * Which permission opens an event to an App: docs.github.com "Webhook events and payloads", "Availability" of each.
 * One of those named is enough. `issue_comment` takes `issues`: a manifest without it is refused although the event
 * is also sent for pull requests.
 */
const OPENED_BY: Record<string, readonly string[]> = {
  branch_protection_rule: ["administration"],
  check_run: ["checks"],
  check_suite: ["checks"],
  commit_comment: ["contents"],
  create: ["contents"],
  delete: ["contents"],
  deployment: ["deployments"],
  deployment_status: ["deployments"],
  discussion: ["discussions"],
  discussion_comment: ["discussions"],
  fork: ["contents"],
  gollum: ["contents"],
  issue_comment: ["issues"],
  issues: ["issues"],
  label: ["metadata"],
  member: ["members"],
  membership: ["members"],
  merge_group: ["merge_queues"],
  milestone: ["issues", "pull_requests"],
  organization: ["members"],
  public: ["metadata"],
  pull_request: ["pull_requests"],
  pull_request_review: ["pull_requests"],
  pull_request_review_comment: ["pull_requests"],
  pull_request_review_thread: ["pull_requests"],
  push: ["contents"],
  release: ["contents"],
  repository: ["metadata"],
  repository_dispatch: ["contents"],
  star: ["metadata"],
  status: ["statuses"],
  team: ["members"],
  team_add: ["members"],
  watch: ["metadata"],
  workflow_dispatch: ["contents", "actions"],
  workflow_job: ["actions"],
  workflow_run: ["actions"],
};

/**
 * Why a GitHub App cannot be registered with these events, in the words of its page; empty when it can.
 * docs.github.com "Registering a GitHub App from a manifest", `default_events`.
 */
export function refusedEvents(events: readonly string[], permissions: Permissions): string[] {
  const unsupported = events.filter((event) => ALWAYS_SENT.has(event) || !(event in OPENED_BY));
  const closed = events.filter((event) => !opens(event, permissions));
  return [
    ...(unsupported.length > 0 ? [`Default events unsupported: ${sentence(unsupported)}`] : []),
    ...(closed.length > 0 ? [`Default events are not supported by permissions: ${sentence(closed)}`] : []),
  ];
}

function opens(event: string, permissions: Permissions): boolean {
  const level: Level = "read";
  return (OPENED_BY[event] ?? []).some((name) => name === "metadata" || covers(permissions, name, level));
}

function sentence(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  const rest = names.slice(0, -1);
  if (rest.length === 0) return last;
  return rest.length === 1 ? `${rest[0]} and ${last}` : `${rest.join(", ")}, and ${last}`;
}
