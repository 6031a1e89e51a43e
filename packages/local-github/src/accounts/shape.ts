import type { Account } from "../world/account.ts";
import type { World } from "../world/world.ts";

/** GitHub's `simple-user`, as it stands in every other object. */
export function simpleUser(world: World, account: Account) {
  const api = `${world.url}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    avatar_url: `${world.url}/_avatars/${account.id}`,
    gravatar_id: "",
    url: api,
    html_url: htmlUrl(world, account),
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

export function htmlUrl(world: World, account: Account): string {
  const bot = account.type === "Bot";
  return `${world.url}/${bot ? `apps/${account.login.replace(/\[bot\]$/, "")}` : account.login}`;
}

/** The `organization` part of webhook payloads. */
export function organizationSimple(world: World, account: Account) {
  const api = `${world.url}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    url: api,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    hooks_url: `${api}/hooks`,
    issues_url: `${api}/issues`,
    members_url: `${api}/members{/member}`,
    public_members_url: `${api}/public_members{/member}`,
    avatar_url: `${world.url}/_avatars/${account.id}`,
    description: "",
  };
}

/** `GET /users/{username}` and `GET /user`. */
export function publicUser(world: World, account: Account) {
  return {
    ...simpleUser(world, account),
    name: account.name,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: [...world.repositories.values()].filter((each) => each.owner === account && !each.private)
      .length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  };
}
