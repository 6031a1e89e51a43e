import { AicdError } from "@aicd/core";
import { findAttempt, findIndex, findTask } from "@aicd/db";
import type { SearchAnswer, SearchRequest } from "@aicd/protocol";
import type { Deps } from "../deps.ts";
import type { Runner } from "../identity/authenticate-runner.ts";
import { oweIndex } from "../indexing/owe.ts";
import type { KeyedLimit } from "../keyed-limit.ts";

const ANSWER_MS = 5_000;
/** One process searches for all tenants of a server; one of them must not keep it to itself. */
export const SEARCHES = 4;

/**
 * `POST /v1/runner/search`: reads only, so a lease in force is enough and is not renewed. What is searched
 * follows from the lease: its attempt, its task, its repository.
 * @throws AicdError `missing` when there is no index, `conflict` when the lease is another's, `limited`
 */
export async function searchCode(
  deps: Deps & { searches: KeyedLimit },
  runner: Runner,
  body: SearchRequest,
): Promise<SearchAnswer> {
  const leave = deps.searches.tryEnter(runner.scope.tenantId);
  if (leave === undefined) {
    throw new AicdError("limited", `An organisation makes at most ${SEARCHES} searches at once. Try again.`);
  }
  try {
    return await answer(deps, runner, body);
  } finally {
    leave();
  }
}

async function answer(deps: Deps, runner: Runner, body: SearchRequest): Promise<SearchAnswer> {
  const { repositoryId, known } = await deps.db.withTenant(runner.scope, async (tx) => {
    const attempt = await findAttempt(tx, runner.attemptId);
    const task = attempt === undefined ? undefined : await findTask(tx, attempt.taskId);
    if (attempt?.state !== "leased" || attempt.epoch !== body.epoch || task === undefined) {
      throw new AicdError("conflict", "The lease is over or another runner has it. Stop.");
    }
    const index = await findIndex(tx, task.repositoryId);
    const older = index?.indexedAt != null && index.indexedAt < attempt.createdAt;
    return { repositoryId: task.repositoryId, known: index?.state === "ready" ? { older } : undefined };
  });
  const scope = { ...runner.scope, repositoryId };
  const { query, limit } = body;
  const signal = AbortSignal.timeout(ANSWER_MS);
  const found = await deps.codeIndex.reader.search(scope, query, { limit, signal });
  // It says ready, but its files are gone; or it is older than the attempt, and a push may have been missed.
  if (known !== undefined && (found === undefined || known.older)) {
    await deps.db.withTenant(runner.scope, (tx) => oweIndex(deps, tx, "refresh", repositoryId));
  }
  if (found === undefined) throw new AicdError("missing", "The repository is not indexed yet.");
  return found;
}
