import type { ThreadReceipt } from "@aicd/core";
import { bounded, paragraph } from "@aicd/github";

/** Answer to a comment of a review: what became of it. */
export function renderReceipt(receipt: ThreadReceipt | undefined, sha: string): string {
  if (receipt === undefined) return `Looked at; nothing in ${sha} speaks to this comment in particular.`;
  const text = bounded(paragraph(receipt.text));
  if (receipt.kind === "changed") return `Changed in ${sha}: ${text}`;
  if (receipt.kind === "declined") return `Not changed: ${text}`;
  return `A question before I change this: ${text}`;
}
