import type { Actor } from "../http/route.ts";
import { pullShape } from "../pulls/shape.ts";
import { announce } from "../webhooks/announce.ts";
import type { Authored, Issue, Label, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { issueInWebhook, labelShape } from "./shape.ts";

/** Fields every written thing starts with. */
export function authored(
  world: World,
  repository: Repository,
  actor: Actor,
  body: string,
): Omit<Authored, "id" | "nodeId"> {
  const now = world.now();
  return {
    repository,
    user: actor.account,
    viaApp: actor.viaApp,
    body,
    createdAt: now,
    updatedAt: now,
    lastEditedAt: undefined,
    editor: undefined,
    reactions: [],
  };
}

export interface NewIssue {
  title: string;
  body: string | null | undefined;
  labels?: readonly string[];
  assignees?: Issue["assignees"];
}

/** Adds an issue without telling anyone; pull requests start here too, because they share the numbers. */
export function addIssue(world: World, repository: Repository, actor: Actor, input: NewIssue): Issue {
  const issue: Issue = {
    ...world.mint("issue"),
    ...authored(world, repository, actor, input.body ?? ""),
    kind: "Issue",
    number: repository.nextNumber,
    title: input.title,
    hasBody: input.body !== null && input.body !== undefined,
    state: "open",
    stateReason: null,
    closedAt: null,
    closedBy: undefined,
    labels: (input.labels ?? []).map((name) => ensureLabel(world, repository, name)),
    assignees: [...(input.assignees ?? [])],
    locked: false,
    lockReason: null,
    comments: [],
    pull: undefined,
  };
  repository.nextNumber += 1;
  repository.issues.set(issue.number, issue);
  world.nodes.set(issue.nodeId, { type: "Issue", value: issue });
  return issue;
}

export function openIssue(world: World, repository: Repository, actor: Actor, input: NewIssue): Issue {
  const issue = addIssue(world, repository, actor, input);
  announceIssue(world, issue, "opened", actor);
  for (const label of issue.labels) announceLabel(world, issue, "labeled", label, actor);
  return issue;
}

export interface IssueChanges {
  title?: string | undefined;
  body?: string | null | undefined;
  state?: "open" | "closed" | undefined;
  stateReason?: "completed" | "not_planned" | "duplicate" | "reopened" | null | undefined;
}

export function editIssue(world: World, issue: Issue, actor: Actor, input: IssueChanges): void {
  const changes: Record<string, { from: string }> = {};
  if (input.title !== undefined && input.title !== issue.title) {
    changes.title = { from: issue.title };
    issue.title = input.title;
  }
  if (input.body !== undefined && input.body !== (issue.hasBody ? issue.body : null)) {
    changes.body = { from: issue.body };
    setBody(world, issue, input.body ?? "", actor);
    issue.hasBody = input.body !== null;
  }
  if (Object.keys(changes).length > 0) {
    issue.updatedAt = world.now();
    announceIssue(world, issue, "edited", actor, { changes });
  }
  if (input.state !== undefined && input.state !== issue.state) {
    setIssueState(world, issue, input.state, input.stateReason ?? null, actor);
  }
}

/** Replaces the text and remembers who edited it when, which is how a reader tells a frozen text from a changed one. */
export function setBody(world: World, thing: Authored, body: string, actor: Actor): void {
  thing.body = body;
  thing.updatedAt = world.now();
  thing.lastEditedAt = thing.updatedAt;
  thing.editor = actor.account;
}

export function setIssueState(
  world: World,
  issue: Issue,
  state: "open" | "closed",
  reason: Issue["stateReason"],
  actor: Actor,
): void {
  issue.state = state;
  issue.updatedAt = world.now();
  issue.stateReason = issue.pull ? null : (reason ?? (state === "closed" ? "completed" : "reopened"));
  issue.closedAt = state === "closed" ? world.now() : null;
  issue.closedBy = state === "closed" ? actor.account : undefined;
  announceIssue(world, issue, state === "closed" ? "closed" : "reopened", actor);
}

/** Adds labels by name, making unknown ones as GitHub does. */
export function addLabels(world: World, issue: Issue, names: readonly string[], actor: Actor): void {
  for (const name of names) {
    const label = ensureLabel(world, issue.repository, name);
    if (issue.labels.includes(label)) continue;
    issue.labels.push(label);
    issue.updatedAt = world.now();
    announceLabel(world, issue, "labeled", label, actor);
  }
}

/** False when the issue does not carry the label. */
export function removeLabel(world: World, issue: Issue, name: string, actor: Actor): boolean {
  const label = issue.labels.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!label) return false;
  issue.labels = issue.labels.filter((each) => each !== label);
  issue.updatedAt = world.now();
  announceLabel(world, issue, "unlabeled", label, actor);
  return true;
}

export function ensureLabel(world: World, repository: Repository, name: string): Label {
  const known = repository.labels.get(name.toLowerCase());
  if (known) return known;
  const label: Label = { ...world.mint("label"), name, color: "ededed", description: null, default: false };
  repository.labels.set(name.toLowerCase(), label);
  return label;
}

function announceLabel(
  world: World,
  issue: Issue,
  action: "labeled" | "unlabeled",
  label: Label,
  actor: Actor,
): void {
  announceIssue(world, issue, action, actor, { label: labelShape(world, issue.repository, label) });
}

/** An issue's event, or the pull request's of the same name when the issue is one. */
export function announceIssue(
  world: World,
  issue: Issue,
  action: string,
  actor: Actor,
  more: Record<string, unknown> = {},
): void {
  const common = { action, repository: issue.repository, sender: actor.account };
  if (issue.pull) {
    const payload = { number: issue.number, pull_request: pullShape(world, issue.pull), ...more };
    announce(world, { ...common, event: "pull_request", payload });
    return;
  }
  announce(world, { ...common, event: "issues", payload: { issue: issueInWebhook(world, issue), ...more } });
}
