import { simpleUser } from "../accounts/shape.ts";
import type { Account, Role } from "../world/account.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";

export function apiUrl(world: World, repository: Repository): string {
  return `${world.url}/repos/${repository.owner.login}/${repository.name}`;
}

export function webUrl(world: World, repository: Repository): string {
  return `${world.url}/${fullName(repository)}`;
}

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

const SUBRESOURCES = {
  forks_url: "/forks",
  keys_url: "/keys{/key_id}",
  collaborators_url: "/collaborators{/collaborator}",
  teams_url: "/teams",
  hooks_url: "/hooks",
  issue_events_url: "/issues/events{/number}",
  events_url: "/events",
  assignees_url: "/assignees{/user}",
  branches_url: "/branches{/branch}",
  tags_url: "/tags",
  blobs_url: "/git/blobs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  git_refs_url: "/git/refs{/sha}",
  trees_url: "/git/trees{/sha}",
  statuses_url: "/statuses/{sha}",
  languages_url: "/languages",
  stargazers_url: "/stargazers",
  contributors_url: "/contributors",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  commits_url: "/commits{/sha}",
  git_commits_url: "/git/commits{/sha}",
  comments_url: "/comments{/number}",
  issue_comment_url: "/issues/comments{/number}",
  contents_url: "/contents/{+path}",
  compare_url: "/compare/{base}...{head}",
  merges_url: "/merges",
  archive_url: "/{archive_format}{/ref}",
  downloads_url: "/downloads",
  issues_url: "/issues{/number}",
  pulls_url: "/pulls{/number}",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  labels_url: "/labels{/name}",
  releases_url: "/releases{/id}",
  deployments_url: "/deployments",
} as const;

/** GitHub's `minimal-repository`: what lists and workflow runs carry. */
export function minimalRepository(world: World, repository: Repository) {
  const api = apiUrl(world, repository);
  const subresources = Object.fromEntries(
    Object.entries(SUBRESOURCES).map(([key, path]) => [key, `${api}${path}`]),
  ) as Record<keyof typeof SUBRESOURCES, string>;
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
    owner: simpleUser(world, repository.owner),
    html_url: webUrl(world, repository),
    description: repository.description,
    fork: repository.parent !== undefined,
    url: api,
    ...subresources,
  };
}

/** GitHub's `repository`: what webhooks, pull requests and installations carry. */
export function repositoryShape(world: World, repository: Repository) {
  const web = webUrl(world, repository);
  const open = [...repository.issues.values()].filter((issue) => issue.state === "open").length;
  return {
    ...minimalRepository(world, repository),
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
    git_url: `git://${new URL(world.url).host}/${fullName(repository)}.git`,
    ssh_url: `git@${new URL(world.url).hostname}:${fullName(repository)}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [] as string[],
    visibility: repository.private ? "private" : "public",
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
  };
}

/** GitHub's `full-repository`, with what the asking account may do. */
export function fullRepository(world: World, repository: Repository, role: Role | undefined) {
  return {
    ...repositoryShape(world, repository),
    ...(role ? { permissions: rolePermissions(role) } : {}),
    ...(repository.owner.type === "Organization"
      ? { organization: simpleUser(world, repository.owner) }
      : {}),
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: false,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    network_count: 0,
    subscribers_count: 0,
  };
}

function rolePermissions(role: Role) {
  const at = (...roles: Role[]) => roles.includes(role);
  return {
    admin: at("admin"),
    maintain: at("admin", "maintain"),
    push: at("admin", "maintain", "write"),
    triage: at("admin", "maintain", "write", "triage"),
    pull: true,
  };
}

/** The short form in `installation` and `installation_repositories` payloads. */
export function repositoryName(repository: Repository) {
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
  };
}

/** `GET …/collaborators/{username}/permission`: `permission` folds five roles into GitHub's older four. */
export function permissionShape(world: World, account: Account, role: Role | undefined) {
  const folded = { admin: "admin", maintain: "write", write: "write", triage: "read", read: "read" } as const;
  const none = { admin: false, maintain: false, push: false, triage: false, pull: false };
  return {
    permission: role ? folded[role] : "none",
    user: {
      ...simpleUser(world, account),
      permissions: role ? rolePermissions(role) : none,
      role_name: role ?? "none",
    },
    role_name: role ?? "none",
  };
}
