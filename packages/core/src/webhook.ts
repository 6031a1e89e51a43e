/** What a tenant's own systems may be told, and when each is. */
export const WEBHOOK_EVENTS = {
  "task.created": "Somebody asked for work on an issue.",
  "task.plan_proposed": "A plan waits for approval.",
  "task.approved": "A plan was approved, by a person or because the organisation lets it pass.",
  "task.question_asked": "The task cannot go on without an answer on the thread.",
  "task.blocked": "The change breaks a rule of the organisation; a person decides.",
  "task.pull_request_opened": "The pull request is open, or has the commits of another round.",
  "task.checks_failed": "Checks of the pull request failed, and the task goes on to mend them.",
  "task.merged": "The pull request was merged.",
  "task.closed": "The pull request was closed without a merge.",
  "task.failed": "The task could not be done; `reason` says why.",
  "task.cancelled": "The task was cancelled, or its plan waited too long.",
  "webhook_endpoint.disabled":
    "Another endpoint took nothing for three days, and nothing more is sent to it.",
  "webhook_endpoint.test": "Somebody asked for it, to see that events arrive.",
} as const;

export type WebhookEventType = keyof typeof WEBHOOK_EVENTS;

export const WEBHOOK_EVENT_TYPES = Object.keys(WEBHOOK_EVENTS) as WebhookEventType[];
