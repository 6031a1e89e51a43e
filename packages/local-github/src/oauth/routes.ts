import { accountNamed } from "../accounts/account.ts";
import { organizationSimple, simpleUser } from "../accounts/shape.ts";
import { repositoriesOf } from "../apps/installation.ts";
import { installationShape } from "../apps/shape.ts";
import { installationRoute } from "../http/door.ts";
import { forbidden, GitHubError, notFound } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import { covers } from "../http/permissions.ts";
import { ok, openRoute, type Route } from "../http/route.ts";
import type { Account } from "../world/account.ts";
import type { Installation } from "../world/app.ts";
import type { World } from "../world/world.ts";

/** What an App learns of a person who signed in through it, and of an organization's members. */
export const oauthRoutes: Route[] = [
  openRoute("get", "/user/installations", (call) => {
    const { identity, world } = call;
    if (identity.kind === "anonymous") throw new GitHubError(401, "Requires authentication");
    if (identity.kind !== "user" || !identity.viaApp) {
      throw forbidden("You must authenticate with an access token authorized to a GitHub App.");
    }
    const { account, viaApp } = identity;
    const mine = [...world.installations.values()].filter(
      (each) => each.app === viaApp && isVisible(world, each, account),
    );
    const { items, headers } = paginate(call, mine);
    const installations = items.map((each) => installationShape(world, each));
    return ok({ total_count: mine.length, installations }, headers);
  }),
  // An organization's owners and members; the role is told only to who may read members.
  installationRoute("get", "/orgs/{org}/memberships/{username}", (call) => {
    const { world, identity } = call;
    const organization = accountNamed(world, call.params.org);
    if (organization?.type !== "Organization") throw notFound();
    const permissions = identity.kind === "installation" ? identity.permissions : {};
    if (call.installation.account !== organization || !covers(permissions, "members", "read")) {
      throw forbidden("Resource not accessible by integration", ["members:read"]);
    }
    const person = accountNamed(world, call.params.username);
    const membership = person && organization.members.get(person.id);
    if (!person || !membership) throw notFound();
    const api = `${world.url}/orgs/${organization.login}`;
    return ok({
      url: `${api}/memberships/${person.login}`,
      state: "active",
      role: membership === "owner" ? "admin" : "member",
      organization_url: api,
      organization: organizationSimple(world, organization),
      user: simpleUser(world, person),
    });
  }),
];

/** A person sees an installation on an account of their own, of their organization, or with a repository they work in. */
function isVisible(world: World, installation: Installation, account: Account): boolean {
  const { account: owner } = installation;
  if (owner === account || owner.members.has(account.id)) return true;
  return repositoriesOf(world, installation).some((each) => each.collaborators.has(account.id));
}
