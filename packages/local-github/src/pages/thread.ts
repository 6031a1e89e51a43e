import { reactionShape } from "../issues/shape.ts";
import type { Authored, Issue, Pull, Review } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { html, page, type RawHtml } from "./html.ts";

const EMOJI: Record<string, string> = {
  "+1": "👍",
  "-1": "👎",
  laugh: "😄",
  confused: "😕",
  heart: "❤️",
  hooray: "🎉",
  rocket: "🚀",
  eyes: "👀",
};

/** An issue or pull request as a person would read it: text as written, never as markup. */
export function threadPage(world: World, issue: Issue): string {
  const { pull } = issue;
  const labels = issue.labels.map((label) => html` · ${label.name}`);
  const heading = html`<h1>${issue.title} <span class="state">#${issue.number}</span></h1>
<p class="state">${stateOf(issue)}${labels}</p>`;
  const said = [
    ...issue.comments.map((comment) => ({
      at: comment.createdAt,
      id: comment.id,
      shown: post(world, comment, "commented"),
    })),
    ...(pull?.reviews ?? []).map((review) => ({
      at: review.submittedAt ?? "",
      id: review.id,
      shown: reviewPost(world, review),
    })),
  ].sort((a, b) => a.at.localeCompare(b.at) || a.id - b.id);
  const body = html`${heading}${post(world, issue, "opened")}${said.map((each) => each.shown)}${pull ? changes(pull) : html``}`;
  return page(`${issue.title} · #${issue.number}`, body);
}

function stateOf(issue: Issue): string {
  const { pull } = issue;
  if (!pull) return issue.state;
  const state = pull.mergedAt ? "merged" : pull.draft && issue.state === "open" ? "draft" : issue.state;
  return `${state} · ${pull.head} into ${pull.base}`;
}

function post(world: World, thing: Authored, verb: string): RawHtml {
  const reactions = thing.reactions
    .map((reaction) => reactionShape(world, reaction))
    .map((shape) => html` ${EMOJI[shape.content] ?? ""} ${shape.user.login}`);
  const edited = thing.lastEditedAt ? " (edited)" : "";
  return html`<article><header>${thing.user.login} ${verb} ${thing.createdAt}${edited}${reactions}</header><pre>${thing.body}</pre></article>`;
}

function reviewPost(world: World, review: Review): RawHtml {
  const comments = review.comments.map(
    (comment) =>
      html`<p class="state">${comment.thread.path}:${comment.thread.originalLine ?? ""}</p>${post(world, comment, "said")}`,
  );
  return html`${post(world, review, `reviewed: ${review.state.toLowerCase()}`)}${comments}`;
}

function changes(pull: Pull): RawHtml {
  const { comparison } = pull;
  const files = comparison.files.map(
    (file) =>
      html`<article><header>${file.status} ${file.filename} +${file.additions} −${file.deletions}</header><pre>${(file.patch ?? "").split("\n").map(line)}</pre></article>`,
  );
  return html`<h2>${comparison.files.length} files changed</h2>${files}`;
}

function line(text: string): RawHtml {
  const kind = text.startsWith("+")
    ? "add"
    : text.startsWith("-")
      ? "del"
      : text.startsWith("@@")
        ? "hunk"
        : "";
  return html`<span class="${kind}">${text}
</span>`;
}
