import { htmlUrl, simpleUser } from "../accounts/shape.ts";
import type { App, Installation } from "../world/app.ts";
import type { World } from "../world/world.ts";

/** GitHub's `integration`: an App as others see it. */
export function integration(world: World, app: App) {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: app.nodeId,
    owner: simpleUser(world, app.owner),
    name: app.name,
    description: "",
    external_url: `${world.url}/apps/${app.slug}`,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: app.permissions,
    events: app.events,
  };
}

/** `GET /app`, which adds how often it is installed. */
export function ownIntegration(world: World, app: App) {
  const count = [...world.installations.values()].filter((each) => each.app === app).length;
  return { ...integration(world, app), installations_count: count };
}

export function installationShape(world: World, installation: Installation) {
  const { app, account } = installation;
  return {
    id: installation.id,
    client_id: app.clientId,
    account: simpleUser(world, account),
    repository_selection: installation.selection,
    access_tokens_url: `${world.url}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${htmlUrl(world, account)}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: installation.events,
    created_at: installation.createdAt,
    updated_at: installation.updatedAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspendedBy ? simpleUser(world, installation.suspendedBy) : null,
    suspended_at: installation.suspendedAt,
  };
}
