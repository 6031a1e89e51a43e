import type { InstallationClients } from "./clients.ts";
import type { RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

export type PullRequest = { number: number; url: string; headSha: string };

/**
 * Opens the draft pull request of a branch, or brings the open one's text up to date. Looks by head
 * first, and takes GitHub's "already exists" for success: at most one per branch.
 */
export async function openPullRequest(
  clients: InstallationClients,
  repository: RepositoryName,
  input: { branch: string; base: string; title: string; body: string },
): Promise<PullRequest> {
  await clients.turn();
  const existing = await findPullRequest(clients.read, repository, input.branch);
  if (existing !== undefined)
    return updatePullRequest(clients, repository, existing.number, { body: input.body });
  try {
    return await create(clients.write, repository, { ...input, draft: true });
  } catch (error) {
    if (!isStatus(error, 422)) throw error;
    // Private repositories of some plans have none. What it is to be reviewed as is said, not hidden.
    if (error instanceof Error && /draft pull requests? (?:is|are) not supported/i.test(error.message)) {
      return create(clients.write, repository, {
        ...input,
        body: `${input.body}\n\n${NO_DRAFTS}`,
        draft: false,
      });
    }
    const other = await findPullRequest(clients.read, repository, input.branch);
    if (other === undefined) throw error;
    return other;
  }
}

const NO_DRAFTS =
  "<sub>This repository has no draft pull requests, so this is a normal one. It is not merged by us.</sub>";

async function create(
  write: InstallationClients["write"],
  repository: RepositoryName,
  input: { branch: string; base: string; title: string; body: string; draft: boolean },
): Promise<PullRequest> {
  const { branch: head, base, title, body, draft } = input;
  const repo = { owner: repository.owner, repo: repository.name };
  const { data } = await write.rest.pulls.create({ ...repo, head, base, title, body, draft });
  return { number: data.number, url: data.html_url, headSha: data.head.sha };
}

/** How a pull request of ours stands, whoever changed it. */
export async function fetchPullRequestState(
  read: InstallationClients["read"],
  repository: RepositoryName,
  number: number,
): Promise<"open" | "merged" | "closed"> {
  const { data } = await getPullRequest(read, repository, number);
  if (data.merged) return "merged";
  return data.state === "open" ? "open" : "closed";
}

/** The commit at the head of a pull request, whoever made it. */
export async function fetchPullRequestHead(
  read: InstallationClients["read"],
  repository: RepositoryName,
  number: number,
): Promise<string> {
  const { data } = await getPullRequest(read, repository, number);
  return data.head.sha;
}

function getPullRequest(read: InstallationClients["read"], { owner, name }: RepositoryName, number: number) {
  return read.rest.pulls.get({ owner, repo: name, pull_number: number });
}

/** Takes back a pull request that nobody wants any more. */
export async function closePullRequest(
  { write }: InstallationClients,
  repository: RepositoryName,
  number: number,
): Promise<void> {
  await write.rest.pulls.update({
    owner: repository.owner,
    repo: repository.name,
    pull_number: number,
    state: "closed",
  });
}

export async function findPullRequest(
  read: InstallationClients["read"],
  repository: RepositoryName,
  branch: string,
): Promise<PullRequest | undefined> {
  const { data } = await read.rest.pulls.list({
    owner: repository.owner,
    repo: repository.name,
    head: `${repository.owner}:${branch}`,
    state: "open",
  });
  const [pull] = data;
  return pull === undefined ? undefined : { number: pull.number, url: pull.html_url, headSha: pull.head.sha };
}

/** Brings the text of a known pull request up to date, and its title where there is a new one. */
export async function updatePullRequest(
  { write }: InstallationClients,
  repository: RepositoryName,
  number: number,
  text: { body: string; title?: string },
): Promise<PullRequest> {
  const { data } = await write.rest.pulls.update({
    owner: repository.owner,
    repo: repository.name,
    pull_number: number,
    ...text,
  });
  return { number: data.number, url: data.html_url, headSha: data.head.sha };
}
