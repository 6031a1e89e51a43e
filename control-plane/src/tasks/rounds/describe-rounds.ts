import type { CriticVerdict } from "@aicd/core";
import {
  type Attempt,
  type ChangeSetRow,
  findPosted,
  type listVerdicts,
  type PlanRow,
  type Repository,
  type Scope,
  type Task,
} from "@aicd/db";
import { compareFiles, lostModes, type PullRequestFacts, type Round } from "@aicd/github";
import type { Deps } from "../../deps.ts";
import { grantedFor } from "../../facts.ts";
import { inWords } from "../../thread/ending/cut.ts";
import { namedPlaces, placesOf } from "../../thread/places/places.ts";
import { planKey } from "../../thread/plan.ts";
import { isServerWord } from "../critic/word.ts";
import { lookForEdits } from "../ground/look-for-edits.ts";
import { publishedRounds, toRound } from "./rounds.ts";

export type Published = {
  task: Task;
  repository: Repository;
  changeSet: ChangeSetRow;
  attempt: Attempt;
  plan: PlanRow | undefined;
  verdicts: Awaited<ReturnType<typeof listVerdicts>>;
};

/** All that is to be said on the pull request of a task, whose newest round is the commit `sha`. */
export async function describeRounds(
  deps: Deps,
  scope: Scope,
  { published, sha, base }: { published: Published; sha: string; base: string },
): Promise<PullRequestFacts> {
  const { task, repository, changeSet, attempt, plan, verdicts } = published;
  const { all, planCommentId } = await deps.db.withTenant(scope, async (tx) => ({
    all: await publishedRounds(tx, task),
    planCommentId:
      plan === undefined ? undefined : await findPosted(tx, { taskId: task.id, key: planKey(plan.hash) }),
  }));
  const earlier = all.filter(({ id }) => id !== changeSet.id);
  const newest = toRound(task, { changeSet, attempt, verdicts, sha });
  const rounds = [...earlier, newest];
  const executable = rounds.flatMap((round) =>
    round.changeSet.files.flatMap((file) =>
      file.kind === "write" && file.mode === "100755" ? file.path : [],
    ),
  );
  const { read } = grantedFor(deps, repository, "read-code");
  /** The text is better for these, but a finished change does not wait for them. */
  const orElse =
    <T>(fallback: T) =>
    (err: unknown) => {
      deps.log.warn({ err, taskId: task.id }, "a pull request is described without what GitHub did not say");
      return fallback;
    };
  const critic = verdicts.find(({ judge }) => judge === "critic");
  const approver = plan?.state === "approved" && task.mode === "wait" ? plan.approvedBy?.login : undefined;
  return {
    issueNumber: task.issueNumber,
    requestedBy: task.requestedBy.login,
    plan: plan === undefined ? undefined : { body: plan.body, hash: plan.hash },
    rounds: [rounds[0] ?? newest, ...rounds.slice(1)],
    critic: critic?.body as CriticVerdict | undefined,
    isCriticOurs: critic !== undefined && isServerWord(critic),
    spentMicroUsd: task.spentMicroUsd,
    edits:
      plan === undefined
        ? []
        : await lookForEdits(deps, scope, { task, repository, plan }).catch(orElse(plan.edits)),
    took: inWords(deps.now() - task.createdAt.getTime()),
    approvedBy: approver,
    runUrl:
      attempt.runId === null
        ? undefined
        : `${deps.serverUrl}/${repository.owner}/${repository.name}/actions/runs/${attempt.runId}`,
    links: namedPlaces(
      placesOf({
        task: { ...task, headSha: sha, baseBranch: base },
        ...{ repository, planCommentId, runId: null, serverUrl: deps.serverUrl, publicUrl: deps.publicUrl },
      }),
      ...(["status", "plan", "changes", "dashboard"] as const),
    ),
    files:
      earlier.length === 0
        ? undefined
        : await compareFiles(read, repository, { base, head: sha }).catch(orElse(undefined)),
    lostModes: await lostModes(read, repository, { sha, paths: [...new Set(executable)] }).catch(orElse([])),
  };
}

/** A title says that the work is unfinished for as long as that is true. Undefined: it stays what it is. */
export function titleOf(
  { changeSet }: Pick<Published, "changeSet">,
  rounds: readonly Round[],
): string | undefined {
  const { title } = changeSet.body;
  if (changeSet.partial) return title.startsWith(PARTIAL) ? title : `${PARTIAL}${title}`;
  return rounds.at(-2)?.partial === true ? title : undefined;
}

const PARTIAL = "Partial: ";
