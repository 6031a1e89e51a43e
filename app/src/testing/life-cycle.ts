import type { EmitterWebhookEventName } from "@octokit/webhooks";

type Family =
  | "issues"
  | "issue_comment"
  | "pull_request"
  | "pull_request_review"
  | "pull_request_review_comment"
  | "pull_request_review_thread"
  | "check_run"
  | "check_suite"
  | "workflow_job"
  | "workflow_run"
  | "installation"
  | "installation_repositories"
  | "installation_target"
  | "repository"
  | "member";
/** Every action GitHub's schema knows for what a task lives on. */
export type LifeCycleEvent = Extract<EmitterWebhookEventName, `${Family}.${string}`> | "delete" | "push";

/** `does`: what it means to a task; else `nothing`, and why. */
export type Row = { does: string } | { nothing: string };

const TIDYING = { nothing: "it sorts the issue; what is asked stays as it is" };
const BY_COMMAND = { nothing: "people ask by label, command or review" };
const FROZEN = { nothing: "what an attempt reads is frozen; a later phase reads anew and says what changed" };
const NOT_LISTENED = { nothing: "the App does not subscribe to it" };

/** A new action of GitHub's does not compile without its row. */
export const LIFE_CYCLE: Record<LifeCycleEvent, Row> = {
  "issues.assigned": TIDYING,
  "issues.closed": { does: "cancels the task, unless a pull request is open and tells the truth" },
  "issues.deleted": { does: "cancels the task: there is no issue to work on" },
  "issues.demilestoned": TIDYING,
  "issues.edited": FROZEN,
  "issues.labeled": { does: "starts a task, or retries one that failed" },
  "issues.locked": { nothing: "asked before a plan is made; what is refused is told where it can be" },
  "issues.milestoned": TIDYING,
  "issues.opened": BY_COMMAND,
  "issues.pinned": TIDYING,
  "issues.reopened": BY_COMMAND,
  "issues.transferred": { does: "cancels the task: the issue is in another repository" },
  "issues.typed": TIDYING,
  "issues.unassigned": TIDYING,
  "issues.unlabeled": { nothing: "taking a label off asks for nothing; `/aicd cancel` stops" },
  "issues.unlocked": { nothing: "the next command or label is heard again" },
  "issues.unpinned": TIDYING,
  "issues.untyped": TIDYING,
  "issue_comment.created": { does: "is a command, or talk" },
  "issue_comment.deleted": { nothing: "what was asked was asked" },
  "issue_comment.edited": { does: "says once that commands count when they are posted" },
  "pull_request.assigned": TIDYING,
  "pull_request.auto_merge_disabled": { nothing: "merging is people's" },
  "pull_request.auto_merge_enabled": { nothing: "merging is people's" },
  "pull_request.closed": { does: "ends the task: merged or closed" },
  "pull_request.converted_to_draft": { nothing: "drafts and ready ones are worked on alike" },
  "pull_request.demilestoned": TIDYING,
  "pull_request.dequeued": { nothing: "merging is people's" },
  "pull_request.edited": { does: "a changed base is followed; a changed text is the person's" },
  "pull_request.enqueued": { nothing: "merging is people's" },
  "pull_request.labeled": { nothing: "labels ask on the issue" },
  "pull_request.locked": { nothing: "what is refused is told where it can be" },
  "pull_request.milestoned": TIDYING,
  "pull_request.opened": { nothing: "ours is known; others are not ours" },
  "pull_request.ready_for_review": { nothing: "drafts and ready ones are worked on alike" },
  "pull_request.reopened": { nothing: "its task is over; the label starts another" },
  "pull_request.review_request_removed": TIDYING,
  "pull_request.review_requested": TIDYING,
  "pull_request.synchronize": {
    does: "the check run goes to the new head; people's commits are kept, and the next push of ours looks at the head",
  },
  "pull_request.unassigned": TIDYING,
  "pull_request.unlabeled": { nothing: "labels ask on the issue" },
  "pull_request.unlocked": { nothing: "the next command is heard again" },
  "pull_request_review.dismissed": { nothing: "a retry that began goes on; its receipts are still answers" },
  "pull_request_review.edited": FROZEN,
  "pull_request_review.submitted": { does: "asks for changes, unless it approves" },
  "pull_request_review_comment.created": { does: "takes a command; its review is submitted with it" },
  "pull_request_review_comment.deleted": { nothing: "what was asked was asked" },
  "pull_request_review_comment.edited": FROZEN,
  "pull_request_review_thread.resolved": NOT_LISTENED,
  "pull_request_review_thread.unresolved": NOT_LISTENED,
  "check_run.completed": { nothing: "checks are judged when their suite is whole" },
  "check_run.created": { nothing: "ours is known; others' say something when they end" },
  "check_run.requested_action": { does: "is the command its button is named after" },
  "check_run.rerequested": { does: "is a retry" },
  "check_suite.completed": {
    does: "has the checks of our pull request judged once all have ended: a red one of ours is mended",
  },
  "check_suite.requested": { nothing: "our check run is made when the pull request is" },
  "check_suite.rerequested": { nothing: "each of its check runs is asked for by itself" },
  "workflow_job.completed": { does: "frees the server it ran on, where there is a fleet" },
  "workflow_job.in_progress": { does: "says which server of the fleet took it" },
  "workflow_job.queued": { does: "is given a server, where its label is the fleet's" },
  "workflow_job.waiting": { nothing: "it waits for people; it is queued when it may run" },
  "workflow_run.completed": {
    does: "ends an attempt whose runner said nothing; a cancelled one cancels the task",
  },
  "workflow_run.in_progress": { nothing: "the runner asks for its lease itself" },
  "workflow_run.requested": { nothing: "the run is known from its dispatch" },
  "installation.created": { does: "the installation is read anew" },
  "installation.deleted": { does: "the installation is read anew: work stops" },
  "installation.new_permissions_accepted": { does: "the installation is read anew" },
  "installation.suspend": { does: "the installation is read anew: work stops" },
  "installation.unsuspend": { does: "the installation is read anew" },
  "installation_repositories.added": { does: "the installation is read anew" },
  "installation_repositories.removed": { does: "the installation is read anew: work on them stops" },
  "installation_target.renamed": { does: "the installation is read anew" },
  "member.added": NOT_LISTENED,
  "member.edited": NOT_LISTENED,
  "member.removed": NOT_LISTENED,
  "repository.archived": { nothing: "GitHub refuses what is written, and its words are told" },
  "repository.created": { nothing: "the installation says when it reaches one" },
  "repository.deleted": { does: "the installation is read anew: work on it stops" },
  "repository.edited": { nothing: "default branch and settings are read when they are needed" },
  "repository.privatized": { does: "the installation is read anew" },
  "repository.publicized": { does: "the installation is read anew" },
  "repository.renamed": { does: "the installation is read anew" },
  "repository.transferred": { does: "the installation is read anew" },
  "repository.unarchived": { nothing: "the next command is heard again" },
  delete: NOT_LISTENED,
  push: { does: "the index follows the default branch" },
};
