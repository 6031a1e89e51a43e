import type { TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import type { Answer, Call } from "./route.ts";

/**
 * The one transaction of a write: what it does, the record of it and the answer that repetitions get, all or
 * nothing. A process that dies has either done nothing or will answer the repetition.
 */
export async function commit<A>(
  deps: Deps,
  call: Call,
  work: (tx: TenantTx) => Promise<Answer<A>>,
): Promise<Answer<A>> {
  return deps.db.withTenant(call.scope, async (tx) => {
    const answer = await work(tx);
    await call.keep(tx, answer);
    return answer;
  });
}
