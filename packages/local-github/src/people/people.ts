import { announceCheckRun } from "../checks/check.ts";
import { RANK, roleOf } from "../http/door.ts";
import { accountNamed, repositoryNamed } from "../switches/find.ts";
import type { Role } from "../world/account.ts";
import type { ReviewState } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { userToken } from "./seeds.ts";

export interface ReviewInput {
  event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT";
  body?: string;
  comments?: readonly { path: string; line: number; side?: "LEFT" | "RIGHT"; body: string }[];
}

/** One person at work; everything goes over HTTP with that person's token where GitHub has an endpoint. */
export interface Person {
  readonly login: string;
  readonly token: string;
  openIssue(
    repository: string,
    issue: { title: string; body?: string; labels?: readonly string[] },
  ): Promise<{ number: number; id: number; nodeId: string }>;
  editIssue(repository: string, number: number, changes: { title?: string; body?: string }): Promise<void>;
  closeIssue(repository: string, number: number): Promise<void>;
  reopenIssue(repository: string, number: number): Promise<void>;
  label(repository: string, number: number, name: string): Promise<void>;
  unlabel(repository: string, number: number, name: string): Promise<void>;
  comment(repository: string, number: number, body: string): Promise<{ id: number; nodeId: string }>;
  editComment(repository: string, id: number, body: string): Promise<void>;
  deleteComment(repository: string, id: number): Promise<void>;
  react(repository: string, comment: number, content: string): Promise<void>;
  review(
    repository: string,
    number: number,
    review: ReviewInput,
  ): Promise<{ id: number; nodeId: string; state: ReviewState }>;
  replyToReview(repository: string, number: number, comment: number, body: string): Promise<{ id: number }>;
  /** Number of the newest open pull request; throws when there is none. */
  openPullRequest(repository: string): Promise<number>;
  merge(repository: string, number: number, method?: "merge" | "squash"): Promise<{ sha: string }>;
  closePull(repository: string, number: number): Promise<void>;
  markReady(repository: string, number: number): Promise<void>;
  convertToDraft(repository: string, number: number): Promise<void>;
  /** Presses a check run's button, which whoever sees it may; GitHub has no endpoint for that. */
  pressCheckButton(repository: string, checkRunId: number, identifier: string): Promise<void>;
  /** Asks for the check run again, from its page. */
  rerunCheck(repository: string, checkRunId: number): Promise<void>;
}

export interface People {
  as(login: string): Person;
}

export function createPeople(world: World): People {
  return { as: (login) => person(world, login) };
}

interface Answer {
  id: number;
  node_id: string;
  number: number;
  state: ReviewState;
  sha: string;
}

function person(world: World, login: string): Person {
  const account = accountNamed(world, login);
  const token = userToken(world, account);
  const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${world.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${login}: ${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text || "{}");
  };
  const issues = (repository: string, rest: string) => `/repos/${repository}/issues${rest}`;
  const pulls = (repository: string, rest: string) => `/repos/${repository}/pulls${rest}`;
  const setDraft = async (repository: string, number: number, mutation: string) => {
    const { node_id: id } = await send("GET", pulls(repository, `/${number}`));
    const query = `mutation($id: ID!) { ${mutation}(input: { pullRequestId: $id }) { clientMutationId } }`;
    const answer = (await send("POST", "/graphql", { query, variables: { id } })) as { errors?: unknown };
    if (answer.errors) throw new Error(`${login}: ${mutation} failed: ${JSON.stringify(answer.errors)}`);
  };
  /** The check run, as somebody of that role sees its page. */
  const pressed = (repository: string, id: number, user: Role) => {
    const run = world.checkRuns.get(id);
    if (run?.repository !== repositoryNamed(world, repository))
      throw new Error(`there is no check run ${id}`);
    const role = roleOf(run.repository, account);
    if (role === undefined || RANK[role] < RANK[user])
      throw new Error(`${login} has no ${user} access to ${repository}`);
    return run;
  };
  return {
    login: account.login,
    token,
    async openIssue(repository, { title, body, labels }) {
      const issue = await send("POST", issues(repository, ""), {
        title,
        ...(body === undefined ? {} : { body }),
        labels: labels ?? [],
      });
      return { number: issue.number, id: issue.id, nodeId: issue.node_id };
    },
    editIssue: async (repository, number, changes) =>
      void (await send("PATCH", issues(repository, `/${number}`), changes)),
    closeIssue: async (repository, number) =>
      void (await send("PATCH", issues(repository, `/${number}`), { state: "closed" })),
    reopenIssue: async (repository, number) =>
      void (await send("PATCH", issues(repository, `/${number}`), { state: "open" })),
    label: async (repository, number, name) =>
      void (await send("POST", issues(repository, `/${number}/labels`), { labels: [name] })),
    unlabel: async (repository, number, name) =>
      void (await send("DELETE", issues(repository, `/${number}/labels/${encodeURIComponent(name)}`))),
    async comment(repository, number, body) {
      const comment = await send("POST", issues(repository, `/${number}/comments`), { body });
      return { id: comment.id, nodeId: comment.node_id };
    },
    editComment: async (repository, id, body) =>
      void (await send("PATCH", issues(repository, `/comments/${id}`), { body })),
    deleteComment: async (repository, id) =>
      void (await send("DELETE", issues(repository, `/comments/${id}`))),
    react: async (repository, id, content) =>
      void (await send("POST", issues(repository, `/comments/${id}/reactions`), { content })),
    async review(repository, number, review) {
      const made = await send("POST", pulls(repository, `/${number}/reviews`), review);
      return { id: made.id, nodeId: made.node_id, state: made.state };
    },
    replyToReview: (repository, number, comment, body) =>
      send("POST", pulls(repository, `/${number}/comments/${comment}/replies`), { body }),
    merge: (repository, number, method = "merge") =>
      send("PUT", pulls(repository, `/${number}/merge`), { merge_method: method }),
    async openPullRequest(repository) {
      const [newest] = (await send("GET", pulls(repository, "?state=open"))) as unknown as Answer[];
      if (!newest) throw new Error(`${repository} has no open pull request`);
      return newest.number;
    },
    closePull: async (repository, number) =>
      void (await send("PATCH", pulls(repository, `/${number}`), { state: "closed" })),
    markReady: (repository, number) => setDraft(repository, number, "markPullRequestReadyForReview"),
    convertToDraft: (repository, number) => setDraft(repository, number, "convertPullRequestToDraft"),
    async pressCheckButton(repository, id, identifier) {
      const run = pressed(repository, id, "read");
      if (!run.actions.some((action) => action.identifier === identifier)) {
        throw new Error(`the check run has no button "${identifier}"`);
      }
      const more = { requested_action: { identifier } };
      announceCheckRun(world, run, "requested_action", { account, viaApp: undefined }, more);
    },
    async rerunCheck(repository, id) {
      // docs.github.com "About status checks": whoever has write access may run checks again.
      const run = pressed(repository, id, "write");
      announceCheckRun(world, run, "rerequested", { account, viaApp: undefined });
    },
  };
}
