import { createHash } from "node:crypto";
import type { Principal } from "@aicd/core";
import { claimWrite, keepAnswer, releaseWrite, type Scope } from "@aicd/db";
import type { ApiDeps } from "./deps.ts";
import { Refusal } from "./problems.ts";
import { callerOf, type Route } from "./route.ts";

export type Kept = { status: number; headers: Record<string, string>; body: unknown };

/**
 * Runs a write once per caller and key, and gives its answer to every repetition. Only successes are
 * kept: a refusal changed nothing, so its key is free for another try.
 */
export async function once(
  deps: ApiDeps,
  scope: Scope,
  input: {
    route: Route;
    principal: Principal;
    key: string;
    request: { url: string; body: unknown };
    run: () => Promise<Kept>;
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
  if (claim.kind === "running") {
    throw new Refusal(
      "request-running",
      "A request with this idempotency key is being answered. Ask again for its answer.",
      { headers: { "retry-after": "1" } },
    );
  }
  let answer: Kept;
  try {
    answer = await input.run();
  } catch (error) {
    await deps.db.withTenant(scope, (tx) => releaseWrite(tx, { ...mine, claim: claim.token }));
    throw error;
  }
  const kept = { ...answer, body: withoutSecrets(answer.body, route.once ?? []) };
  await deps.db.withTenant(scope, (tx) => keepAnswer(tx, { ...mine, claim: claim.token, answer: kept }));
  return { ...answer, replayed: false };
}

/** What is shown once is not kept, so a repetition cannot show it again. */
function withoutSecrets(body: unknown, once: string[]): unknown {
  if (once.length === 0 || typeof body !== "object" || body === null) return body;
  return { ...body, ...Object.fromEntries(once.map((name) => [name, null])) };
}
