import { type AttemptId, type ChangeSetId, CriticVerdict } from "@aicd/core";
import { listVerdicts, listVerdictsOfTask, storeVerdict, type TenantTx, type VerdictRow } from "@aicd/db";
import { z } from "zod";
import type { Deps } from "../../deps.ts";

/** What the server wrote of a critic that it asked itself. A runner's verdict is read without this mark. */
const Signed = CriticVerdict.extend({ asked: z.literal("server"), attemptId: z.string() });

/** The critic's word on a change, as the server heard it. */
export type Word = { kind: "approved" | "rejected"; verdict: CriticVerdict };

export function isServerWord({ judge, body }: Pick<VerdictRow, "judge" | "body">): boolean {
  return judge === "critic" && Signed.safeParse(body).success;
}

/** The newest one; undefined: it was not asked, or has not answered yet. */
export async function serverWord(tx: TenantTx, changeSetId: ChangeSetId): Promise<Word | undefined> {
  const row = (await listVerdicts(tx, changeSetId)).find(isServerWord);
  if (row === undefined) return undefined;
  const { approved, summary, findings } = Signed.parse(row.body);
  return {
    kind: row.kind === "approved" ? "approved" : "rejected",
    verdict: { approved, summary, findings },
  };
}

/** More than the rounds that any settings allow. */
const VERDICTS = 100;

/** How often the critic has sent back what this attempt made. */
export async function timesRejected(
  tx: TenantTx,
  attempt: { id: AttemptId; taskId: VerdictRow["taskId"] },
): Promise<number> {
  const page = { taskId: attempt.taskId, after: undefined, limit: VERDICTS };
  return (await listVerdictsOfTask(tx, page)).filter(
    ({ judge, kind, body }) =>
      judge === "critic" && kind === "rejected" && Signed.safeParse(body).data?.attemptId === attempt.id,
  ).length;
}

export async function storeWord(
  deps: Pick<Deps, "mint">,
  tx: TenantTx,
  about: { taskId: VerdictRow["taskId"]; changeSetId: ChangeSetId; attemptId: AttemptId },
  { kind, verdict }: Word,
): Promise<void> {
  const { attemptId, ...row } = about;
  const body = { ...verdict, asked: "server", attemptId } satisfies z.input<typeof Signed>;
  await storeVerdict(tx, deps.mint, { ...row, judge: "critic", kind, body });
}
