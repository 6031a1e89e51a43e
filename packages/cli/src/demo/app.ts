/** The App the demo registers: what the manifest of the server asks for, which an architecture test holds it to. */
export const DEMO_APP = {
  permissions: {
    contents: "write",
    issues: "write",
    pull_requests: "write",
    checks: "write",
    actions: "write",
    metadata: "read",
    members: "read",
  },
  events: [
    "issues",
    "issue_comment",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "workflow_run",
    "repository",
    "push",
  ],
} as const;
