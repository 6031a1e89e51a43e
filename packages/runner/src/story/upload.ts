import { AicdError, type ChangeSet, changeSetDigest, type Evidence } from "@aicd/core";
import { type Attempt, type Failed, failed } from "./attempt.ts";

/**
 * Hands a ChangeSet with its proof to the control plane. Its own policy has the last word; what it
 * refuses is a failure of this attempt, not of the runner.
 */
export async function upload(
  attempt: Attempt,
  work: { changeSet: ChangeSet; evidence: Evidence },
): Promise<{ kind: "uploaded"; digest: string } | Failed> {
  const { events, scope, client, lease } = attempt;
  const digest = changeSetDigest(work.changeSet);
  await events.flush();
  scope.signal.throwIfAborted();
  try {
    await client.changeSet(lease, { digest, ...work });
  } catch (error) {
    // All else is not about this change.
    if (!(error instanceof AicdError) || (error.kind !== "invalid" && error.kind !== "too_large"))
      throw error;
    return failed("policy_blocked", error.message);
  }
  return { kind: "uploaded", digest };
}
