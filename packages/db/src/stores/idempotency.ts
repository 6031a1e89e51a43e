import type { TenantTx } from "../database.ts";

type KeptAnswer = { status: number; headers: Record<string, string>; body: unknown };

export type WriteClaim =
  /** Ours to run. `token` tells our claim from a later one. */
  | { kind: "claimed"; token: string }
  /** The same request was answered with this before. */
  | { kind: "answered"; answer: KeptAnswer }
  /** The same request is being answered elsewhere. */
  | { kind: "running" }
  /** The key came with another request. */
  | { kind: "other" };

type Mine = { actorId: string; key: string };

/** A claim this old belongs to a process that died, or to a request that will find its claim gone. */
const ABANDONED = "interval '60 seconds'";
/** Kept answers are given again for a day; then the key is free, whether or not the row is swept yet. */
const KEPT = "interval '24 hours'";

/** Takes a write's key for this caller, or says what became of it before. One of two at once wins. */
export async function claimWrite(tx: TenantTx, input: Mine & { hash: Buffer }): Promise<WriteClaim> {
  const values = [tx.scope.tenantId, input.actorId, input.key, input.hash];
  const claimed = await tx.query<{ token: string }>(
    `INSERT INTO idempotency_keys AS k (tenant_id, actor_id, key, request_hash, created_at)
     VALUES ($1, $2, $3, $4, clock_timestamp())
     ON CONFLICT (tenant_id, actor_id, key) DO UPDATE
       SET request_hash = excluded.request_hash, status = NULL, headers = NULL, body = NULL,
         created_at = excluded.created_at
       WHERE k.created_at < now() - ${KEPT}
         OR (k.status IS NULL AND k.created_at < now() - ${ABANDONED})
     RETURNING created_at::text AS token`,
    values,
  );
  const token = claimed.rows[0]?.token;
  if (token !== undefined) return { kind: "claimed", token };
  const { rows } = await tx.query<{ same: boolean; status: number | null } & Omit<KeptAnswer, "status">>(
    `SELECT request_hash = $4 AS same, status, headers, body FROM idempotency_keys
     WHERE tenant_id = $1 AND actor_id = $2 AND key = $3`,
    values,
  );
  const row = rows[0];
  // Given free between the two statements: the caller comes back and takes it.
  if (row === undefined) return { kind: "running" };
  if (!row.same) return { kind: "other" };
  if (row.status === null) return { kind: "running" };
  return { kind: "answered", answer: { status: row.status, headers: row.headers, body: row.body } };
}

/** Keeps the answer for repetitions. False: the claim went to somebody else meanwhile. */
export async function keepAnswer(
  tx: TenantTx,
  input: Mine & { claim: string; answer: KeptAnswer },
): Promise<boolean> {
  const { status, headers, body } = input.answer;
  const { rowCount } = await tx.query(
    `UPDATE idempotency_keys SET status = $5, headers = $6, body = $7
     WHERE tenant_id = $1 AND actor_id = $2 AND key = $3 AND created_at = $4::timestamptz AND status IS NULL`,
    [
      tx.scope.tenantId,
      input.actorId,
      input.key,
      input.claim,
      status,
      JSON.stringify(headers),
      JSON.stringify(body ?? null),
    ],
  );
  return rowCount === 1;
}

/** The write was refused or failed: its key is free for another try. */
export async function releaseWrite(tx: TenantTx, input: Mine & { claim: string }): Promise<void> {
  await tx.query(
    `DELETE FROM idempotency_keys
     WHERE tenant_id = $1 AND actor_id = $2 AND key = $3 AND created_at = $4::timestamptz AND status IS NULL`,
    [tx.scope.tenantId, input.actorId, input.key, input.claim],
  );
}
