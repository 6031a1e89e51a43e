import {
  AicdError,
  allows,
  cleanText,
  type RepositoryId,
  type Role,
  type TaskId,
  type ThreadIntent,
} from "@aicd/core";
import {
  findRepository,
  findTask,
  findTaskDetail,
  findTaskOfThread,
  type Repository,
  storeIntent,
  type Task,
  type TenantTx,
} from "@aicd/db";
import { mayWrite, permissionOf } from "@aicd/github";
import type { z } from "zod";
import type { Deps } from "../deps.ts";
import { grantedFor } from "../facts.ts";
import { commit } from "../http/commit.ts";
import { missing, Refusal, type Wish } from "../http/problems/problems.ts";
import type { Answer, Call } from "../http/route.ts";
import { applyIntent } from "../intents/apply-intent.ts";
import type { Done, Outcome } from "../intents/outcome.ts";
import { refusalRow } from "../intents/refusals.ts";
import { audit, personOf } from "./audited.ts";
import { type TaskView, taskOf } from "./shapes/tasks.ts";

type IssueIntent = Extract<ThreadIntent, { issueNumber: number }>;
/** Who speaks, and that it is here. */
type Spoken = Pick<IssueIntent, "actor" | "source">;
type Told = { done: Done; task: z.infer<typeof TaskView> };
type TaskAnswer = Answer<z.infer<typeof TaskView>>;

/** A wish for a task: the road of the label, with the answer here instead of on the thread. */
export async function askForTask(
  deps: Deps,
  call: Call,
  input: {
    repositoryId: RepositoryId;
    intent: (spoken: Spoken) => IssueIntent;
    answer: (told: Told) => TaskAnswer;
  },
): Promise<TaskAnswer> {
  const repository = await deps.db.withTenant(call.scope, (tx) => findRepository(tx, input.repositoryId));
  if (repository === undefined) throw missing();
  const { answer } = input;
  const intent = input.intent(spokenBy(call));
  const wish = { action: intent.type, target: `${repository.id}#${intent.issueNumber}` };
  return wished(wish, async () => {
    await mustWrite(deps, call, repository);
    return act(deps, call, { repository, intent, answer });
  });
}

/** A word about a task that is: approve, revise, cancel, retry. */
export async function actOnTask(
  deps: Deps,
  call: Call<{ task: TaskId }>,
  intent: (spoken: Spoken & { issueNumber: number }) => IssueIntent,
): Promise<TaskAnswer> {
  const found = await deps.db.withTenant(call.scope, async (tx) => {
    const task = await findTask(tx, call.params.task);
    const repository = task === undefined ? undefined : await findRepository(tx, task.repositoryId);
    return task === undefined || repository === undefined ? undefined : { task, repository };
  });
  if (found === undefined) throw missing();
  const said = intent({ ...spokenBy(call), issueNumber: found.task.issueNumber });
  const { repository, task: about } = found;
  return wished({ action: said.type, target: about.id }, async () => {
    await mustWrite(deps, call, repository);
    return act(deps, call, { repository, intent: said, about, answer: ({ task }) => ({ body: task }) });
  });
}

/** A wish that is refused is thrown with its name, for the audit log. What is not there leaves no trace. */
async function wished(wish: Wish, work: () => Promise<TaskAnswer>): Promise<TaskAnswer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal) || error.problem === "missing") throw error;
    const { problem, message, errors, headers, why } = error;
    throw new Refusal(problem, message, { errors, headers, why, wish });
  }
}

async function act(
  deps: Deps,
  call: Call,
  input: {
    repository: Repository;
    intent: IssueIntent;
    about?: Task;
    answer: (told: Told) => TaskAnswer;
  },
): Promise<TaskAnswer> {
  const { repository, about } = input;
  const installed = {
    installationId: repository.installationGithubId,
    repositoryId: repository.githubId,
    owner: repository.owner,
    name: repository.name,
  };
  return commit(deps, call, async (tx) => {
    if (about !== undefined) await mustBeNewest(tx, about);
    const row = await storeIntent(tx, deps.mint, {
      key: `api:${call.requestId}`,
      repositoryId: repository.id,
      repository: installed,
      intent: storable(input.intent),
    });
    if (row === undefined) throw new Refusal("conflict", "This request was taken already.");
    const outcome = await applyIntent(deps, tx, row, roleFor(call));
    // Thrown inside, so that nothing of a refused wish stays behind: no row, no comment on the thread.
    if (outcome.kind !== "done") throw refuse(outcome);
    const task = await findTaskOfThread(tx, {
      repositoryId: repository.id,
      number: input.intent.issueNumber,
    });
    const view = task === undefined ? undefined : await viewOf(deps, tx, task.id);
    if (view === undefined) throw missing();
    const { type } = input.intent;
    await audit(deps, tx, call, {
      action: type,
      target: view.id,
      detail: { outcome: outcome.done, intentId: row.id },
    });
    return input.answer({ done: outcome.done, task: view });
  });
}

/** A key that may work with tasks is not one that may override the policy, whatever its role. */
function roleFor({ principal }: Call): Role {
  return allows(principal, "policy.override") ? principal.role : "member";
}

function refuse(outcome: Exclude<Outcome, { kind: "done" }>): Refusal {
  // Facts of GitHub's are not said through the API; one that came in would concern no task here.
  if (outcome.kind === "void") return missing();
  const { kind, sentence, retryS } = refusalRow(outcome.refusal);
  return new Refusal(kind, sentence, {
    why: outcome.refusal,
    headers: retryS === undefined ? {} : { "retry-after": String(retryS) },
  });
}

/** The use cases find the task by its issue; an older one of the same issue cannot be steered any more. */
async function mustBeNewest(tx: TenantTx, task: Task): Promise<void> {
  const newest = await findTaskOfThread(tx, { repositoryId: task.repositoryId, number: task.issueNumber });
  if (newest?.id === task.id) return;
  throw new Refusal("conflict", "The issue has a newer task; this one is over. Steer the newer one.");
}

/** Being a member is one thing; GitHub has the last word on who may write to a repository. */
async function mustWrite(deps: Deps, call: Call, repository: Repository): Promise<void> {
  if (repository.installationState !== "active" || !repository.active) {
    throw new Refusal("conflict", "The GitHub App is suspended or not installed on this repository.");
  }
  if (!repository.enabled) {
    throw new Refusal("conflict", "The repository is switched off here. An admin can enable it.");
  }
  const person = personOf(call);
  const { read } = grantedFor(deps, repository, "ask-people");
  const permission = await permissionOf(read, repository, person).catch((cause: unknown) => {
    throw new AicdError("unavailable", "GitHub could not say who may write here. Try again.", { cause });
  });
  if (mayWrite(permission)) return;
  // Without the repository's name: the audit log has it, and not everybody who reads that may know it.
  throw new Refusal("forbidden", `GitHub does not let ${person.login} write to this repository.`);
}

function spokenBy(call: Call): Spoken {
  return { actor: personOf(call), source: { kind: "api" } };
}

/** Postgres keeps no NUL and no half characters. */
function storable(intent: IssueIntent): IssueIntent {
  if ("text" in intent && intent.text !== undefined)
    return { ...intent, text: cleanText(intent.text, 20_000) };
  if ("reason" in intent) return { ...intent, reason: cleanText(intent.reason, 500) };
  return intent;
}

async function viewOf(deps: Deps, tx: TenantTx, id: TaskId): Promise<z.infer<typeof TaskView> | undefined> {
  const found = await findTaskDetail(tx, id);
  return found === undefined ? undefined : taskOf(found, deps.serverUrl);
}
