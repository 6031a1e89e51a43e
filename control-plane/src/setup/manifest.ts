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

/** What a person decides about the App before GitHub makes it. */
export type AppChoice = {
  /** Login of the account that will own it; undefined: the person's own. */
  owner: string | undefined;
  /** Whether other accounts may install it. */
  isPublic: boolean;
  /** Whether it may propose its own workflow file: GitHub asks for a permission of its own for that. */
  workflows: boolean;
};

/** GitHub's page that takes the manifest of an App for its future owner. */
export function addressOfManifest(serverUrl: string, { owner }: AppChoice, state: string): string {
  const account = owner === undefined ? "" : `/organizations/${owner}`;
  return `${serverUrl}${account}/settings/apps/new?state=${state}`;
}
/** What the App needs besides where there is a fleet: runners of the whole account, never of single repositories. */
export const FLEET_PERMISSIONS = { organization_self_hosted_runners: "write" } as const;
export const FLEET_EVENTS = ["workflow_job"] as const;

/** What the GitHub App must be. */
export function appManifest(
  publicUrl: string,
  name: string,
  { isPublic, workflows, fleet }: Pick<AppChoice, "isPublic" | "workflows"> & { fleet: boolean },
): Record<string, unknown> {
  const reachable = !/\/\/(localhost|127\.|\[::1\])/.test(publicUrl);
  return {
    name,
    url: publicUrl,
    hook_attributes: { url: `${publicUrl}/api/github/webhooks`, active: reachable },
    redirect_url: `${publicUrl}/setup/callback`,
    callback_urls: [`${publicUrl}/auth/github/callback`],
    public: isPublic,
    // Back on our page once it is installed.
    setup_url: `${publicUrl}/setup`,
    default_permissions: {
      ...APP_PERMISSIONS,
      ...(workflows ? { workflows: "write" } : {}),
      ...(fleet ? FLEET_PERMISSIONS : {}),
    },
    default_events: fleet ? [...APP_EVENTS, ...FLEET_EVENTS] : APP_EVENTS,
  };
}
