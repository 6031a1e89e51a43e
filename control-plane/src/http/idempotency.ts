import { createHash } from "node:crypto";
import { AicdError, type Principal } from "@aicd/core";
import { claimWrite, keepAnswer, releaseWrite, type Scope } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { Refusal } from "./problems/problems.ts";
import { type Call, callerOf, type Route } from "./route.ts";

export type Kept = { status: number; headers: Record<string, string>; body: unknown };

/**
 * Runs a write once per caller and key, and gives its answer to every repetition. Only successes are
 * kept, by the transaction that does the write: a refusal changed nothing, so its key is free for another try.
 * @param input.run does the write and has `keep` called within its transaction
 */
export async function once(
  deps: Deps,
  scope: Scope,
  input: {
    route: Route;
    principal: Principal;
    key: string;
    request: { url: string; body: unknown };
    run: (keep: Call["keep"]) => Promise<Kept>;
  },
): Promise<Kept & { replayed: boolean }> {
  const { route, key } = input;
  const mine = { actorId: callerOf(input), key };
  const hash = createHash("sha256")
    .update(JSON.stringify([route.method, input.request.url, input.request.body ?? null]))
    .digest();
  const claim = await deps.db.withTenant(scope, (tx) => claimWrite(tx, { ...mine, hash }));
  if (claim.kind === "answered") return { ...claim.answer, replayed: true };
  if (claim.kind === "other") {
    throw new Refusal(
      "key-reused",
      "This idempotency key came with another request before. Use a new key for each write.",
    );
  }
  if (claim.kind === "running") throw stillRunning();
  let kept = false;
  try {
    const answer = await input.run(async (tx, given) => {
      const whole = keptOf(route, given);
      const body = withoutSecrets(whole.body, route.once ?? []);
      // Taken for dead meanwhile: another request does it, so this one must not.
      if (!(await keepAnswer(tx, { ...mine, claim: claim.token, answer: { ...whole, body } }))) {
        throw stillRunning();
      }
      kept = true;
    });
    if (!kept) throw new AicdError("broken", `${route.id} did not keep its answer`);
    return { ...answer, replayed: false };
  } catch (error) {
    // Nothing happens to a key whose answer is kept.
    await deps.db.withTenant(scope, (tx) => releaseWrite(tx, { ...mine, claim: claim.token }));
    throw error;
  }
}

/** The status that is usual for the route where the handler named none. */
export function keptOf(route: Route, { status, headers, body }: Parameters<Call["keep"]>[1]): Kept {
  return { status: status ?? Number(Object.keys(route.answers)[0]), headers: headers ?? {}, body };
}

function stillRunning(): Refusal {
  return new Refusal(
    "request-running",
    "A request with this idempotency key is being answered. Ask again for its answer.",
    { headers: { "retry-after": "1" } },
  );
}

/** What is shown once is not kept, so a repetition cannot show it again. */
function withoutSecrets(body: unknown, once: string[]): unknown {
  if (once.length === 0 || typeof body !== "object" || body === null) return body;
  return { ...body, ...Object.fromEntries(once.map((name) => [name, null])) };
}
