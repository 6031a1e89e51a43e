import { repositoryRoute } from "../http/door.ts";
import { GitHubError, notFound, validationFailed } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import { created, gone, ok, type Route, updated } from "../http/route.ts";
import { checkColor, checkLabels, checkText } from "../rules/text.ts";
import type { Issue } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { addLabels, ensureLabel, removeLabel } from "./issue.ts";
import { issueNumbered, labelNames, READ, ref, replaceLabels, TRIAGE } from "./routes.ts";
import { labelShape } from "./shape.ts";

export const labelRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}/labels", READ, (call) => {
    const { items, headers } = paginate(call, [...call.repository.labels.values()]);
    return ok(
      items.map((label) => labelShape(call.world, call.repository, label)),
      headers,
    );
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/labels", TRIAGE, (call) => {
    const { name, color, description } = call.body;
    checkText("labelName", name);
    checkText("labelDescription", description);
    checkColor(color);
    if (call.repository.labels.has(name.toLowerCase())) {
      throw validationFailed({ resource: "Label", code: "already_exists", field: "name" });
    }
    const label = ensureLabel(call.world, call.repository, name);
    if (color) label.color = color;
    if (description) label.description = description;
    return created(labelShape(call.world, call.repository, label), `created label ${name}`);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/labels/{name}", READ, (call) => {
    const label = call.repository.labels.get(call.params.name.toLowerCase());
    if (!label) throw notFound();
    return ok(labelShape(call.world, call.repository, label));
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/issues/{issue_number}/labels", READ, (call) => {
    return ok(labelsOf(call.world, issueNumbered(call, call.params.issue_number)));
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/issues/{issue_number}/labels", TRIAGE, (call) => {
    const issue = issueNumbered(call, call.params.issue_number);
    const names = namesIn(call.body);
    checkLabels(carriedBy(issue), names);
    addLabels(call.world, issue, names, call.actor);
    return updated(labelsOf(call.world, issue), `labelled ${ref(issue)} ${names.join(", ")}`);
  }),
  repositoryRoute("put", "/repos/{owner}/{repo}/issues/{issue_number}/labels", TRIAGE, (call) => {
    const issue = issueNumbered(call, call.params.issue_number);
    const names = namesIn(call.body);
    checkLabels([], names);
    replaceLabels(call.world, issue, names, call.actor);
    return updated(labelsOf(call.world, issue), `set labels of ${ref(issue)} to ${names.join(", ")}`);
  }),
  repositoryRoute("delete", "/repos/{owner}/{repo}/issues/{issue_number}/labels", TRIAGE, (call) => {
    const issue = issueNumbered(call, call.params.issue_number);
    replaceLabels(call.world, issue, [], call.actor);
    return gone(`removed all labels of ${ref(issue)}`);
  }),
  repositoryRoute("delete", "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", TRIAGE, (call) => {
    const issue = issueNumbered(call, call.params.issue_number);
    const { name } = call.params;
    if (!removeLabel(call.world, issue, name, call.actor)) throw new GitHubError(404, "Label does not exist");
    return updated(labelsOf(call.world, issue), `unlabelled ${ref(issue)} ${name}`);
  }),
];

function labelsOf(world: World, issue: Issue) {
  return issue.labels.map((label) => labelShape(world, issue.repository, label));
}

/** The body may be a list, or an object that holds one. */
function namesIn(body: unknown): string[] {
  if (Array.isArray(body)) return labelNames(body);
  return labelNames((body as { labels?: unknown } | undefined)?.labels);
}

function carriedBy(issue: Issue): string[] {
  return issue.labels.map((label) => label.name);
}
