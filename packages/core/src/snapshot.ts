import { createHash } from "node:crypto";
import { z } from "zod";
import { FailedCheck } from "./ci.ts";

/** Who wrote a text, and whether that person may write to the repository (asked of the API, not guessed). */
export const Author = z.object({
  login: z.string().max(100),
  permission: z.enum(["admin", "write", "read", "none"]),
});
export type Author = z.infer<typeof Author>;

export const ThreadComment = z.object({
  id: z.number().int(),
  author: Author,
  body: z.string(),
  createdAt: z.string(),
});
export type ThreadComment = z.infer<typeof ThreadComment>;

/** One inline comment of a submitted review; each gets a receipt after the retry. */
export const ReviewComment = z.object({
  id: z.number().int(),
  author: Author,
  path: z.string(),
  line: z.number().int().nullable(),
  body: z.string(),
});
export type ReviewComment = z.infer<typeof ReviewComment>;

/**
 * What the agent may know of the thread: frozen and sanitised at trigger time. Later edits do not
 * reach a running attempt. All text in it is data, never instructions to us.
 */
export const Snapshot = z.object({
  issue: z.object({
    number: z.number().int(),
    title: z.string(),
    body: z.string(),
    author: Author,
    url: z.string(),
  }),
  comments: z.array(ThreadComment),
  /** Present in a retry after review. */
  review: z
    .object({
      id: z.number().int(),
      author: Author,
      body: z.string(),
      comments: z.array(ReviewComment),
      /** Of all reviews of the round, where there are several; `author` is the last one's. */
      authors: z.array(Author).optional(),
    })
    .optional(),
  /** Checks of the pull request that failed, in a round that is to mend them. */
  ci: z.array(FailedCheck).max(20).optional(),
  /** Answers and revision wishes of permitted people, oldest first. */
  guidance: z.array(z.object({ author: Author, text: z.string() })),
  /** What the sanitiser took out, for the record. */
  removed: z.array(z.string()),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** sha256 (hex) over the issue as it stood; part of the plan hash, so an edited issue voids a plan. */
export function snapshotDigest(snapshot: Snapshot): string {
  const { issue } = snapshot;
  return createHash("sha256")
    .update(JSON.stringify([issue.number, issue.title, issue.body]))
    .digest("hex");
}

/** Logins of those who asked for a round, each once, in the order they spoke. */
export function askersOf(review: NonNullable<Snapshot["review"]>): string[] {
  const { author, authors = [author], comments } = review;
  return [...new Set([...authors, ...comments.map((comment) => comment.author)].map(({ login }) => login))];
}
