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

/** What the App needs besides where there is a fleet: runners of the whole account, never of single repositories. */
export const FLEET_PERMISSIONS = { organization_self_hosted_runners: "write" } as const;
export const FLEET_EVENTS = ["workflow_job"] as const;

/** What the GitHub App must be. */
export function appManifest(
  publicUrl: string,
  name: string,
  { fleet }: { fleet: boolean },
): Record<string, unknown> {
  const reachable = !/\/\/(localhost|127\.|\[::1\])/.test(publicUrl);
  return {
    name,
    url: publicUrl,
    hook_attributes: { url: `${publicUrl}/api/github/webhooks`, active: reachable },
    redirect_url: `${publicUrl}/setup/callback`,
    callback_urls: [`${publicUrl}/auth/github/callback`],
    public: false,
    default_permissions: fleet ? { ...APP_PERMISSIONS, ...FLEET_PERMISSIONS } : APP_PERMISSIONS,
    default_events: fleet ? [...APP_EVENTS, ...FLEET_EVENTS] : APP_EVENTS,
  };
}
