import type { WebhookEventType } from "@aicd/sdk";

/** What an endpoint can be told, each in a person's words. */
const EVENT_TYPES = {
  "task.created": "Work was asked for",
  "task.plan_proposed": "A plan waits for approval",
  "task.approved": "A plan was approved",
  "task.question_asked": "A question was asked",
  "task.blocked": "The policy stopped a change",
  "task.pull_request_opened": "A pull request was written",
  "task.checks_failed": "Checks of a pull request failed",
  "task.merged": "A pull request was merged",
  "task.closed": "A pull request was closed",
  "task.failed": "A task failed",
  "task.cancelled": "A task was cancelled",
  "webhook_endpoint.disabled": "Another endpoint was disabled",
  "webhook_endpoint.test": "A test",
} as const satisfies Record<WebhookEventType, string>;

export const TYPES_IN_WORDS: Readonly<Record<string, string>> = EVENT_TYPES;
/** A test is sent to whom it is asked for, whatever they chose. */
export const CHOICES = (Object.keys(EVENT_TYPES) as WebhookEventType[]).filter(
  (type) => type !== "webhook_endpoint.test",
);
