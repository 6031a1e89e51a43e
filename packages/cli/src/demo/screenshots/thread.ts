import { z } from "zod";

const User = z.object({ login: z.string(), type: z.string() });
const Post = z.object({
  id: z.number(),
  user: User,
  body: z.string().nullish(),
  created_at: z.string(),
  updated_at: z.string().optional(),
});
const Reaction = z.object({ content: z.string() });
const Issue = Post.extend({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  labels: z.array(z.object({ name: z.string().optional() })),
});
const Pull = Post.extend({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  merged: z.boolean(),
  merged_at: z.string().nullish(),
  draft: z.boolean().optional(),
  merged_by: User.nullish(),
  head: z.object({ ref: z.string() }),
  base: z.object({ ref: z.string() }),
});
const Review = z.object({
  id: z.number(),
  user: User,
  body: z.string().nullish(),
  state: z.string(),
  submitted_at: z.string().optional(),
});
const ReviewComment = Post.extend({
  path: z.string(),
  diff_hunk: z.string(),
  pull_request_review_id: z.number().nullish(),
  in_reply_to_id: z.number().optional(),
});
const Commit = z.object({
  sha: z.string(),
  commit: z.object({ message: z.string(), committer: z.object({ date: z.string() }).nullable() }),
});

export type Said = { login: string; isBot: boolean; body: string; at: string; reactions: string[] };
export type Item =
  | { kind: "said"; said: Said; verb: string }
  | { kind: "review"; said: Said; verdict: string; threads: { path: string; hunk: string; said: Said[] }[] }
  | { kind: "note"; at: string; text: string };
export type Thread = { title: string; number: number; badge: string; words: string; items: Item[] };

/** How a reader of GitHub's API sees a repository. */
export type Reader = { url: string; token: string; repo: string };

async function get<T>({ url, token, repo }: Reader, path: string, shape: z.ZodType<T>): Promise<T> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/repos/${repo}${path}`, { headers });
  if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`);
  return shape.parse(await answer.json());
}

async function reactionsOf(reader: Reader, path: string): Promise<string[]> {
  return (await get(reader, `${path}/reactions`, z.array(Reaction))).map(({ content }) => content);
}

async function said(reader: Reader, post: z.infer<typeof Post>, path: string): Promise<Said> {
  const { user, body, created_at: at } = post;
  const reactions = await reactionsOf(reader, path);
  return { login: user.login, isBot: user.type === "Bot", body: body ?? "", at, reactions };
}

async function comments(reader: Reader, number: number): Promise<Item[]> {
  const posts = await get(reader, `/issues/${number}/comments?per_page=100`, z.array(Post));
  return Promise.all(
    posts.map(async (post) => ({
      kind: "said" as const,
      verb: "commented",
      said: await said(reader, post, `/issues/comments/${post.id}`),
    })),
  );
}

/** The thread of an issue as it is now. */
export async function readIssue(reader: Reader, number: number): Promise<Thread> {
  const issue = await get(reader, `/issues/${number}`, Issue);
  const opened = await said(reader, issue, `/issues/${number}`);
  return {
    title: issue.title,
    number,
    badge: issue.state,
    words: issue.labels.map(({ name }) => name ?? "").join(", "),
    items: [{ kind: "said", verb: "opened", said: opened }, ...(await comments(reader, number))],
  };
}

/** The same of a pull request, with its commits, reviews and their threads. */
export async function readPull(reader: Reader, number: number): Promise<Thread> {
  const pull = await get(reader, `/pulls/${number}`, Pull);
  const [reviews, inline, commits, opened] = await Promise.all([
    get(reader, `/pulls/${number}/reviews?per_page=100`, z.array(Review)),
    get(reader, `/pulls/${number}/comments?per_page=100`, z.array(ReviewComment)),
    get(reader, `/pulls/${number}/commits?per_page=100`, z.array(Commit)),
    said(reader, pull, `/issues/${number}`),
  ]);
  // Within a second the order is this one: what was pushed is talked about behind it.
  const items: Item[] = [];
  for (const { sha, commit } of commits) {
    const text = `commit ${sha.slice(0, 7)} ${commit.message.split("\n")[0]}`;
    items.push({ kind: "note", at: commit.committer?.date ?? "", text });
  }
  for (const review of reviews) items.push(...(await reviewItem(reader, review, inline)));
  items.push(...(await comments(reader, number)));
  if (pull.merged_at != null) {
    const by = pull.merged_by?.login ?? "somebody";
    items.push({ kind: "note", at: pull.merged_at, text: `${by} merged it into ${pull.base.ref}` });
  }
  return {
    title: pull.title,
    number,
    badge: pull.merged ? "merged" : pull.draft === true ? "draft" : pull.state,
    words: `${pull.head.ref} into ${pull.base.ref}`,
    items: [
      { kind: "said", verb: "opened this pull request", said: opened },
      ...items.sort((a, b) => atOf(a) - atOf(b)),
    ],
  };
}

/** A review as it was submitted; replies alone are shown in the threads they are in. */
async function reviewItem(
  reader: Reader,
  review: z.infer<typeof Review>,
  inline: z.infer<typeof ReviewComment>[],
): Promise<Item[]> {
  const own = inline.filter(
    (comment) => comment.pull_request_review_id === review.id && comment.in_reply_to_id === undefined,
  );
  if (own.length === 0 && (review.body ?? "") === "") return [];
  const threads = own.map(async (opener) => {
    const replies = inline.filter((comment) => comment.in_reply_to_id === opener.id);
    const posts = [opener, ...replies].map((comment) =>
      said(reader, comment, `/pulls/comments/${comment.id}`),
    );
    return { path: opener.path, hunk: opener.diff_hunk, said: await Promise.all(posts) };
  });
  const { user, body, submitted_at: at = "" } = review;
  return [
    {
      kind: "review",
      verdict: review.state === "CHANGES_REQUESTED" ? "requested changes" : "reviewed",
      said: { login: user.login, isBot: user.type === "Bot", body: body ?? "", at, reactions: [] },
      threads: await Promise.all(threads),
    },
  ];
}

function atOf(item: Item): number {
  return Date.parse(item.kind === "note" ? item.at : item.said.at);
}
