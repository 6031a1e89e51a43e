import type { IntentSource } from "@aicd/core";
import type { WriteClient } from "./clients.ts";
import { askGraphql } from "./graphql.ts";
import type { RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

export type Reaction = "eyes" | "rocket" | "confused" | "-1";

/** Adds our reaction at the place of the request; GitHub keeps it single, so repeating is harmless. */
export async function react(
  write: WriteClient,
  repository: RepositoryName,
  at: { issueNumber: number; source: IntentSource },
  content: Reaction,
): Promise<void> {
  const repo = { owner: repository.owner, repo: repository.name };
  const { source } = at;
  try {
    if (source.kind === "issue") {
      await write.rest.reactions.createForIssue({ ...repo, issue_number: at.issueNumber, content });
    } else if (source.kind === "issue_comment") {
      await write.rest.reactions.createForIssueComment({ ...repo, comment_id: source.commentId, content });
    } else if (source.kind === "review_comment") {
      await write.rest.reactions.createForPullRequestReviewComment({
        ...repo,
        comment_id: source.commentId,
        content,
      });
    } else if (source.kind === "review") {
      await askGraphql(
        write,
        "mutation react($subject: ID!, $content: ReactionContent!) { addReaction(input: { subjectId: $subject, content: $content }) { reaction { content } } }",
        { subject: source.nodeId, content: GRAPHQL_NAME[content] },
      );
    }
  } catch (error) {
    // The comment was deleted meanwhile: there is nobody left to answer there.
    if (isStatus(error, 404) || isStatus(error, 410)) return;
    throw error;
  }
}

const GRAPHQL_NAME = { eyes: "EYES", rocket: "ROCKET", confused: "CONFUSED", "-1": "THUMBS_DOWN" } as const;

/** Takes our 👀 away again from an issue or a comment. */
export async function removeEyes(
  write: WriteClient,
  repository: RepositoryName,
  at: { issueNumber: number; source: IntentSource },
  appLogin: string,
): Promise<void> {
  const repo = { owner: repository.owner, repo: repository.name };
  const { source } = at;
  const isOurs = (reaction: { content: string; user: { login: string } | null }) =>
    reaction.content === "eyes" && reaction.user?.login === appLogin;
  try {
    if (source.kind === "issue") {
      const where = { ...repo, issue_number: at.issueNumber };
      const { data } = await write.rest.reactions.listForIssue({ ...where, content: "eyes", per_page: 100 });
      for (const { id } of data.filter(isOurs)) {
        await write.rest.reactions.deleteForIssue({ ...where, reaction_id: id });
      }
    } else if (source.kind === "issue_comment") {
      const where = { ...repo, comment_id: source.commentId };
      const { data } = await write.rest.reactions.listForIssueComment({
        ...where,
        content: "eyes",
        per_page: 100,
      });
      for (const { id } of data.filter(isOurs)) {
        await write.rest.reactions.deleteForIssueComment({ ...where, reaction_id: id });
      }
    }
  } catch (error) {
    if (isStatus(error, 404) || isStatus(error, 410)) return;
    throw error;
  }
}

/** Takes a label off an issue; one that is gone already is as good. Harmless to repeat. */
export async function removeLabel(
  write: WriteClient,
  repository: RepositoryName,
  input: { issueNumber: number; label: string },
): Promise<void> {
  try {
    await write.rest.issues.removeLabel({
      owner: repository.owner,
      repo: repository.name,
      issue_number: input.issueNumber,
      name: input.label,
    });
  } catch (error) {
    if (!isStatus(error, 404) && !isStatus(error, 410)) throw error;
  }
}
