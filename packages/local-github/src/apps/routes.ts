import { appRoute, findRepository, installationRoute, permissionsIn, reaches } from "../http/door.ts";
import { badCredentials, GitHubError, notFound } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import type { Permissions } from "../http/permissions.ts";
import { type AppCall, created, gone, ok, openRoute, type Route } from "../http/route.ts";
import { repositoryShape } from "../repositories/shape.ts";
import type { App, Installation } from "../world/app.ts";
import type { World } from "../world/world.ts";
import { repositoriesOf, setSuspended, uninstall } from "./installation.ts";
import { installationShape, integration, ownIntegration } from "./shape.ts";
import { issueToken } from "./token.ts";

export const appRoutes: Route[] = [
  appRoute("get", "/app", (call) => ok(ownIntegration(call.world, call.app))),
  appRoute("get", "/app/installations", (call) => {
    const mine = [...call.world.installations.values()].filter((each) => each.app === call.app);
    const { items, headers } = paginate(call, mine);
    return ok(
      items.map((each) => installationShape(call.world, each)),
      headers,
    );
  }),
  appRoute("get", "/app/installations/{installation_id}", (call) => {
    return ok(
      installationShape(call.world, ownInstallation(call.world, call.app, call.params.installation_id)),
    );
  }),
  appRoute("delete", "/app/installations/{installation_id}", (call) => {
    const installation = ownInstallation(call.world, call.app, call.params.installation_id);
    uninstall(call.world, installation, call.app.bot);
    return gone(`uninstalled from ${installation.account.login}`);
  }),
  appRoute("put", "/app/installations/{installation_id}/suspended", (call) => suspend(call, true)),
  appRoute("delete", "/app/installations/{installation_id}/suspended", (call) => suspend(call, false)),
  appRoute("post", "/app/installations/{installation_id}/access_tokens", (call) => {
    const { world } = call;
    const installation = ownInstallation(world, call.app, call.params.installation_id);
    const issued = issueToken(world, installation, {
      permissions: call.body?.permissions as Permissions | undefined,
      repositoryIds: call.body?.repository_ids,
      repositoryNames: call.body?.repositories,
    });
    const { token, expiresAt, permissions, repositories } = issued;
    const body = {
      token,
      expires_at: expiresAt,
      permissions,
      repository_selection: repositories ? "selected" : installation.selection,
      ...(repositories ? { repositories: repositories.map((each) => repositoryShape(world, each)) } : {}),
    };
    return created(body, `issued a token for ${installation.account.login}`);
  }),
  openRoute("delete", "/installation/token", (call) => {
    if (call.identity.kind !== "installation") throw badCredentials();
    for (const [token, identity] of call.world.tokens) {
      if (identity === call.identity) call.world.tokens.delete(token);
    }
    return gone("revoked an installation token");
  }),
  installationRoute("get", "/installation/repositories", (call) => {
    const visible = repositoriesOf(call.world, call.installation).filter((each) =>
      permissionsIn(call.identity, each),
    );
    const { items, headers } = paginate(call, visible);
    const body = {
      total_count: visible.length,
      repository_selection: call.installation.selection,
      repositories: items.map((each) => repositoryShape(call.world, each)),
    };
    return ok(body, headers);
  }),
  appRoute("get", "/repos/{owner}/{repo}/installation", (call) => {
    const repository = findRepository(call.world, `${call.params.owner}/${call.params.repo}`);
    const found = [...call.world.installations.values()].find(
      (each) => each.app === call.app && reaches(each, repository),
    );
    if (!found) throw notFound();
    return ok(installationShape(call.world, found));
  }),
  appRoute("get", "/users/{username}/installation", (call) =>
    accountInstallation(call, call.params.username),
  ),
  appRoute("get", "/orgs/{org}/installation", (call) => accountInstallation(call, call.params.org)),
  openRoute("get", "/apps/{app_slug}", (call) => {
    const app = [...call.world.apps.values()].find((each) => each.slug === call.params.app_slug);
    if (!app) throw notFound();
    return ok(integration(call.world, app));
  }),
  openRoute("post", "/app-manifests/{code}/conversions", (call) => {
    const app = call.world.manifestCodes.get(call.params.code);
    if (!app) throw new GitHubError(404, "Not Found");
    // A code works once, within the hour.
    call.world.manifestCodes.delete(call.params.code);
    const { clientId, clientSecret, webhookSecret, privateKeyPem } = app;
    const body = {
      ...integration(call.world, app),
      client_id: clientId,
      client_secret: clientSecret,
      webhook_secret: webhookSecret,
      pem: privateKeyPem,
    };
    return created(body, `converted the manifest of ${app.slug}`);
  }),
];

function ownInstallation(world: World, app: App, id: number): Installation {
  const installation = world.installations.get(id);
  if (installation?.app !== app) throw notFound();
  return installation;
}

function accountInstallation(call: { world: World; app: App }, login: string) {
  const found = [...call.world.installations.values()].find(
    (each) => each.app === call.app && each.account.login.toLowerCase() === login.toLowerCase(),
  );
  if (!found) throw notFound();
  return ok(installationShape(call.world, found));
}

function suspend(
  call: Pick<AppCall<"put", "/app/installations/{installation_id}/suspended">, "world" | "app" | "params">,
  suspended: boolean,
) {
  const installation = ownInstallation(call.world, call.app, call.params.installation_id);
  setSuspended(call.world, installation, suspended, call.app.bot);
  return gone(`${suspended ? "suspended" : "unsuspended"} ${installation.account.login}`);
}
