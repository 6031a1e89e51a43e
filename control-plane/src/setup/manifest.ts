/** Permissions as small as the work allows. */
export const APP_PERMISSIONS = {
  contents: "write",
  issues: "write",
  pull_requests: "write",
  checks: "write",
  actions: "write",
  metadata: "read",
  // Who may sign in to a tenant's data, and as what.
  members: "read",
} as const;

export const APP_EVENTS = [
  "issues",
  "issue_comment",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "workflow_run",
  "repository",
  "push",
] as const;

/** What the GitHub App must be. */
export function appManifest(publicUrl: string, name: string): Record<string, unknown> {
  const reachable = !/\/\/(localhost|127\.|\[::1\])/.test(publicUrl);
  return {
    name,
    url: publicUrl,
    hook_attributes: { url: `${publicUrl}/api/github/webhooks`, active: reachable },
    redirect_url: `${publicUrl}/setup/callback`,
    callback_urls: [`${publicUrl}/auth/github/callback`],
    public: false,
    default_permissions: APP_PERMISSIONS,
    default_events: APP_EVENTS,
  };
}
