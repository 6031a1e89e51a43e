import { CriticVerdict, Evidence, sumTests, TestCounts } from "@aicd/core";
import type { ChangeSetRow, EvidenceRow, VerdictRow } from "@aicd/db";
import { z } from "zod";
import { isServerWord } from "../../tasks/critic/word.ts";
import { idOf, Person, Time, timeOf } from "./common.ts";

const Counts = TestCounts.meta({ id: "TestCounts" });
const { testChanges, weakened } = Evidence.shape;

const CommandView = z.object({
  stage: z
    .enum(["setup", "before", "reproduction", "after"])
    .describe("`reproduction`: the new tests without the change, which have to fail."),
  command: z.string(),
  exitCode: z.int().nullable().describe("null: it was stopped."),
  durationMs: z.number().nonnegative(),
  tests: Counts.nullable(),
  outputTail: z.string(),
});

export const EvidenceView = z
  .object({
    changeSetId: idOf("changeSet"),
    sandbox: z.string().describe("How the commands were shut in, as the runner reports it."),
    commands: z
      .array(CommandView)
      .describe(
        "In the order in which they were run, as the runner reports them; GitHub's own checks are on the pull request.",
      ),
    tests: z
      .object({ before: Counts.nullable(), after: Counts.nullable() })
      .describe("Sums over the commands that count their tests."),
    testChanges: testChanges.unwrap().nullable().describe("Test by test, where the checks name them."),
    weakened: weakened.unwrap().describe("Tests or checks that the change weakens, for people to judge."),
  })
  .meta({ id: "Evidence" });

export const VerdictView = z
  .object({
    id: idOf("verdict"),
    changeSetId: idOf("changeSet"),
    judge: z.enum(["critic", "policy"]),
    kind: z
      .string()
      .describe("`approved` or `rejected` by the critic; `allowed`, `blocked`, `refused` or `overridden`."),
    askedBy: z
      .enum(["runner", "server"])
      .nullable()
      .describe(
        "Who asked the critic, and says what it answered; null of the policy, which is the server's.",
      ),
    summary: z.string().nullable(),
    findings: z.array(
      z.object({
        path: z.string().nullable(),
        line: z.int().nullable(),
        severity: z.string(),
        rule: z.string().nullable().describe("Of the policy."),
        why: z.string(),
        wanted: z.string().nullable(),
      }),
    ),
    by: Person.nullable().describe("Who overrode the policy."),
    createdAt: Time,
  })
  .meta({ id: "Verdict" });

export function evidenceOf(
  { id: changeSetId, evidence }: ChangeSetRow,
  rows: EvidenceRow[],
): z.infer<typeof EvidenceView> {
  const commands = rows.map(
    ({ stage, command, exitCode, durationMs, outputTail, passed, failed, skipped }) => ({
      stage,
      command,
      exitCode,
      durationMs,
      tests: passed === null || failed === null || skipped === null ? null : { passed, failed, skipped },
      outputTail,
    }),
  );
  const { sandbox, testChanges: changed = null, weakened: weak = [] } = evidence;
  const tests = { before: sumTests(evidence.before), after: sumTests(evidence.after) };
  return { changeSetId, sandbox, commands, tests, testChanges: changed, weakened: weak };
}

/** What a judge wrote down, as its schema has it now; what an older release wrote is read as far as it fits. */
const Policy = z.object({
  findings: z.array(
    z.object({ rule: z.string(), path: z.string().nullable(), message: z.string(), level: z.string() }),
  ),
});
const Override = z.object({ by: Person });

export function verdictOf(row: VerdictRow): z.infer<typeof VerdictView> {
  const { id, changeSetId, judge, kind, body, createdAt } = row;
  const critic = CriticVerdict.safeParse(body).data;
  const policy = Policy.safeParse(body).data;
  return {
    id,
    changeSetId,
    judge,
    kind,
    askedBy: judge === "policy" ? null : isServerWord(row) ? "server" : "runner",
    summary: critic?.summary ?? null,
    findings: [
      ...(critic?.findings ?? []).map((finding) => ({ ...finding, rule: null })),
      ...(policy?.findings ?? []).map(({ rule, path, message, level }) => ({
        path,
        line: null,
        severity: level,
        rule,
        why: message,
        wanted: null,
      })),
    ],
    by: Override.safeParse(body).data?.by ?? null,
    createdAt: timeOf(createdAt),
  };
}
