import { setTimeout as sleep } from "node:timers/promises";
import type { CriticVerdict } from "@aicd/core";
import { type Attempt, type Failed, failed } from "./attempt.ts";

/** A critic's answer takes minutes; its end should not be waited for longer than this. */
const ASK_MS = 2_000;

type Word = { kind: "approved" | "rejected"; verdict: CriticVerdict } | Failed;

/**
 * Waits for the word of the critic that the server asks. It decides there too: the last "no" ends the lease, and asking
 * again then throws as for every lost one.
 */
export async function hearServer({ client, lease, scope, grant }: Attempt, digest: string): Promise<Word> {
  for (;;) {
    const answer = await client.review(lease, digest);
    scope.signal.throwIfAborted();
    if (answer.kind !== "pending") return answer;
    if (scope.now() >= grant.budget.deadlineMs) {
      return failed("time_exhausted", "The time was used up before the server's critic had answered.");
    }
    await sleep(ASK_MS, undefined, { signal: scope.signal });
  }
}
