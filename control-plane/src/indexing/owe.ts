import type { RepositoryId } from "@aicd/core";
import { dropIndex, refreshIndex, requestFirstIndex, requestIndex, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";

const WANTS = {
  /** Its first task: from now on it is worth an index. */
  first: requestFirstIndex,
  /** Its default branch moved. */
  refresh: refreshIndex,
  /** A person asked. */
  rebuild: (tx: TenantTx, id: RepositoryId) => requestIndex(tx, id).then(() => true),
  /** It left, or was switched off: a copy of its code has no business here. */
  drop: dropIndex,
} as const;

/** Writes down what a repository's index needs, and owes the indexer a nudge if that is anything. */
export async function oweIndex(
  deps: Pick<Deps, "enqueue">,
  tx: TenantTx,
  want: keyof typeof WANTS,
  repositoryId: RepositoryId,
): Promise<void> {
  if (!(await WANTS[want](tx, repositoryId))) return;
  await deps.enqueue(tx, "index-repository", { ...tx.scope, repositoryId });
}
