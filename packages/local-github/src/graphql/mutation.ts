import type { Need } from "../http/door.ts";
import { recordWrite } from "../http/ledger.ts";
import { addComment, editComment } from "../issues/comment.ts";
import { conversationOf } from "../issues/lock.ts";
import { react, withdraw } from "../issues/reaction.ts";
import { setResolved } from "../pulls/comment.ts";
import { setDraft } from "../pulls/open.ts";
import { reply } from "../pulls/reply.ts";
import { fullName } from "../repositories/shape.ts";
import { checkUnlocked } from "../rules/lock.ts";
import { checkText } from "../rules/text.ts";
import type { Authored, Minimizable, Repository } from "../world/types.ts";
import type { Node } from "../world/world.ts";
import { type CommitInput, commitPayload, createCommit } from "./commit-mutation.ts";
import { findOf, show } from "./node.ts";
import { admit, GraphqlProblem, type Scope, type View } from "./scope.ts";
import { REACTION_NAMES, type ReactionName, reactionGroups, reactionView } from "./written-view.ts";

const ISSUES: Need = { app: ["issues:write", "pull_requests:write"], user: "read" };
const PULLS: Need = { app: ["pull_requests:write"], user: "read" };
const PULLS_WRITE: Need = { app: ["pull_requests:write"], user: "write" };
const REACTABLE = [
  "Issue",
  "PullRequest",
  "IssueComment",
  "PullRequestReview",
  "PullRequestReviewComment",
] as const;
const MINIMIZABLE = ["IssueComment", "PullRequestReview", "PullRequestReviewComment"] as const;

interface ReactionInput {
  subjectId: string;
  content: ReactionName;
}

export function mutationRoot(scope: Scope): View {
  const { world } = scope;
  const mutation =
    <I>(name: string, perform: (input: I) => Done | Promise<Done>) =>
    async ({ input }: { input: I & { clientMutationId?: string | null } }) => {
      const { repository, summary, payload } = await perform(input);
      const repo = fullName(repository);
      recordWrite(world, scope.identity, {
        method: "POST",
        route: `graphql ${name}`,
        repo,
        summary,
        body: input,
      });
      return { clientMutationId: input.clientMutationId ?? null, ...payload };
    };
  return {
    createCommitOnBranch: mutation("createCommitOnBranch", async (input: CommitInput) => {
      const made = await createCommit(scope, input);
      const summary = `committed ${made.oid} to ${made.branch}`;
      return { repository: made.repository, summary, payload: await commitPayload(scope, made) };
    }),
    addReaction: mutation("addReaction", (input: ReactionInput) => {
      const { node, thing, repository } = subject(scope, input.subjectId);
      const actor = admit(scope, repository, ISSUES);
      if (conversationOf(thing).locked) {
        const message = `${actor.account.login} does not have the correct permissions to execute \`AddReaction\``;
        throw new GraphqlProblem("FORBIDDEN", message);
      }
      const { reaction } = react(world, thing, actor.account, REACTION_NAMES[input.content]);
      const payload = { reaction: reactionView(scope, reaction), ...subjectPayload(scope, node, thing) };
      return { repository, summary: `reacted ${reaction.content} to ${thing.nodeId}`, payload };
    }),
    removeReaction: mutation("removeReaction", (input: ReactionInput) => {
      const { node, thing, repository } = subject(scope, input.subjectId);
      const { account } = admit(scope, repository, ISSUES);
      const content = REACTION_NAMES[input.content];
      const removed = withdraw(thing, (each) => each.user === account && each.content === content);
      const reaction = removed ? reactionView(scope, removed) : null;
      const payload = { reaction, ...subjectPayload(scope, node, thing) };
      return { repository, summary: `withdrew ${content} from ${thing.nodeId}`, payload };
    }),
    addComment: mutation("addComment", (input: { subjectId: string; body: string }) => {
      const node = findOf(scope, input.subjectId, "Issue", "PullRequest");
      const issue = node.type === "Issue" ? node.value : node.value.issue;
      const actor = admit(scope, issue.repository, ISSUES);
      checkUnlocked(issue, actor, "comment");
      checkText("issueComment", input.body);
      const comment = addComment(world, issue, actor, input.body);
      const payload = {
        commentEdge: { cursor: comment.nodeId, node: scope.view.comment(comment) },
        subject: show(scope, node),
      };
      return { repository: issue.repository, summary: `commented on #${issue.number}`, payload };
    }),
    updateIssueComment: mutation("updateIssueComment", (input: { id: string; body: string }) => {
      const { value: comment } = findOf(scope, input.id, "IssueComment");
      const actor = admit(scope, comment.repository, { ...ISSUES, user: "triage" });
      checkText("issueComment", input.body);
      editComment(world, comment, actor, input.body);
      const payload = { issueComment: scope.view.comment(comment) };
      return { repository: comment.repository, summary: `edited comment ${comment.id}`, payload };
    }),
    addPullRequestReviewThreadReply: mutation(
      "addPullRequestReviewThreadReply",
      (input: { pullRequestReviewThreadId: string; body: string }) => {
        const { value: thread } = findOf(scope, input.pullRequestReviewThreadId, "PullRequestReviewThread");
        const { repository } = thread.pull.issue;
        checkText("reviewComment", input.body);
        const actor = admit(scope, repository, PULLS);
        checkUnlocked(thread.pull.issue, actor, "review");
        const comment = reply(world, thread, actor, input.body);
        return {
          repository,
          summary: `replied in thread ${thread.nodeId}`,
          payload: { comment: scope.view.reviewComment(comment) },
        };
      },
    ),
    resolveReviewThread: mutation("resolveReviewThread", (input: { threadId: string }) =>
      resolve(scope, input.threadId, true),
    ),
    unresolveReviewThread: mutation("unresolveReviewThread", (input: { threadId: string }) =>
      resolve(scope, input.threadId, false),
    ),
    convertPullRequestToDraft: mutation("convertPullRequestToDraft", (input: { pullRequestId: string }) =>
      draft(scope, input.pullRequestId, true),
    ),
    markPullRequestReadyForReview: mutation(
      "markPullRequestReadyForReview",
      (input: { pullRequestId: string }) => draft(scope, input.pullRequestId, false),
    ),
    minimizeComment: mutation("minimizeComment", (input: { subjectId: string; classifier: string }) =>
      minimize(scope, input.subjectId, input.classifier.toLowerCase()),
    ),
    unminimizeComment: mutation("unminimizeComment", (input: { subjectId: string }) =>
      minimize(scope, input.subjectId, undefined),
    ),
  };
}

interface Done {
  repository: Repository;
  summary: string;
  payload: View;
}

type Reactable = Parameters<typeof conversationOf>[0];

function subject(scope: Scope, id: string): { node: Node; thing: Reactable; repository: Repository } {
  const node = findOf(scope, id, ...REACTABLE);
  const thing = node.type === "PullRequest" ? node.value.issue : node.value;
  return { node, thing, repository: thing.repository };
}

function subjectPayload(scope: Scope, node: Node, thing: Authored): View {
  return { subject: show(scope, node), reactionGroups: reactionGroups(scope, thing) };
}

function resolve(scope: Scope, id: string, resolved: boolean): Done {
  const { value: thread } = findOf(scope, id, "PullRequestReviewThread");
  const { repository } = thread.pull.issue;
  // Answering a thread takes pull_requests: write; resolving it takes contents: write, which surprises everyone.
  const actor = admit(scope, repository, { app: ["contents:write"], user: "write" });
  setResolved(scope.world, thread, actor, resolved);
  const summary = `${resolved ? "resolved" : "unresolved"} thread ${thread.nodeId}`;
  return { repository, summary, payload: { thread: scope.view.thread(thread) } };
}

function draft(scope: Scope, id: string, isDraft: boolean): Done {
  const { value: pull } = findOf(scope, id, "PullRequest");
  const { repository } = pull.issue;
  setDraft(scope.world, pull, isDraft, admit(scope, repository, PULLS_WRITE));
  const summary = `${isDraft ? "made a draft of" : "marked ready"} #${pull.issue.number}`;
  return { repository, summary, payload: { pullRequest: scope.view.pull(pull) } };
}

function minimize(scope: Scope, id: string, reason: string | undefined): Done {
  const node = findOf(scope, id, ...MINIMIZABLE);
  const { repository } = node.value;
  admit(scope, repository, { ...ISSUES, user: "triage" });
  const thing: Authored & Minimizable = node.value;
  thing.minimizedReason = reason;
  const key = reason === undefined ? "unminimizedComment" : "minimizedComment";
  return {
    repository,
    summary: `set minimized of ${thing.nodeId} to ${reason ?? "no"}`,
    payload: { [key]: show(scope, node) },
  };
}
