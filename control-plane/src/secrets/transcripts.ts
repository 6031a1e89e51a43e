import { AicdError, type PlanId, type TaskId, Transcript } from "@aicd/core";
import { findTranscript, putTranscript, type TenantTx } from "@aicd/db";
import type { Vault } from "./vault.ts";

/** Conversations of plans, sealed for their tenant and plan. */
export type Transcripts = {
  keep(tx: TenantTx, of: { taskId: TaskId; planId: PlanId }, transcript: Transcript): Promise<void>;
  /** Undefined also where its master key is gone: the work is then described anew. */
  open(tx: TenantTx, planId: PlanId): Promise<Transcript | undefined>;
};

export function createTranscripts(vault: Vault): Transcripts {
  const idOf = (tx: TenantTx, planId: PlanId) => ({
    tenantId: tx.scope.tenantId,
    name: `transcript:${planId}`,
  });
  return {
    async keep(tx, { taskId, planId }, transcript) {
      const sealed = vault.seal(idOf(tx, planId), JSON.stringify(transcript));
      await putTranscript(tx, { taskId, planId, ...sealed });
    },
    async open(tx, planId) {
      const row = await findTranscript(tx, planId);
      if (row === undefined) return undefined;
      try {
        return Transcript.parse(JSON.parse(vault.open(idOf(tx, planId), row).reveal()));
      } catch (error) {
        // Sealed under a master key that was taken away since; all else is a fault.
        if (error instanceof AicdError && error.kind === "broken") return undefined;
        throw error;
      }
    },
  };
}
