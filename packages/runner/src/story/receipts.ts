import type { Snapshot, ThreadReceipt } from "@aicd/core";

/** What one result message takes. */
const MOST = 200;
const SILENT = "The change does not answer this comment; it is left to a person.";

/** One receipt for each review comment, in their order. The latest word counts; silence is said to be that. */
export function receiptsFor(review: Snapshot["review"], given: readonly ThreadReceipt[]): ThreadReceipt[] {
  const latest = new Map(given.map((receipt) => [receipt.commentId, receipt]));
  return (review?.comments ?? [])
    .slice(0, MOST)
    .map(({ id }) => latest.get(id) ?? { commentId: id, kind: "declined", text: SILENT });
}
