import { createHash } from "node:crypto";
import { z } from "zod";
import { text } from "./text.ts";

/** A check of the pull request that failed: what a round is to mend. Its texts are of whoever ran it. */
export const FailedCheck = z.object({
  name: text(200),
  /** Tests it names as failed; empty where its output names none. */
  tests: z.array(text(200)).max(50),
  /** The end of what the failing step said. */
  excerpt: text(8_000),
});
export type FailedCheck = z.infer<typeof FailedCheck>;

/** What each conclusion GitHub knows means for us. `person`: whoever stopped it, or is asked, has the next word. */
export const CONCLUSION_MEANS = {
  success: "passed",
  neutral: "passed",
  skipped: "passed",
  failure: "failed",
  timed_out: "failed",
  startup_failure: "person",
  action_required: "person",
  cancelled: "person",
  stale: "person",
} as const satisfies Record<string, "passed" | "failed" | "person">;
export type CheckConclusion = keyof typeof CONCLUSION_MEANS;

/** The newest run of one check on the head, beside what is known of the same check elsewhere. */
export type CheckResult = FailedCheck & {
  /** Null: it has not ended. */
  conclusion: CheckConclusion | null;
  /** An earlier run of it on this very commit passed: which way it goes is chance. */
  passedBefore: boolean;
  /** It fails on the commit the work began from, with these tests named; undefined: it does not, or never ran there. */
  redOnBase: { tests: readonly string[] } | undefined;
};

/** What earlier rounds came to: how many there were since a person last spoke, and what the last one was to mend. */
export type CiHistory = { rounds: number; fingerprint: string | null };

export type CiDecision =
  | { kind: "pending" }
  | { kind: "green" }
  /** Nothing to mend, and not green either: people have to act on these. */
  | { kind: "person"; names: string[] }
  /** Red, and not by this change: by chance, or as on the base. */
  | { kind: "excused"; flaky: string[]; onBase: string[] }
  | { kind: "stop"; why: "rounds" | "same"; failing: FailedCheck[] }
  | { kind: "mend"; failing: FailedCheck[]; fingerprint: string };

/**
 * What is done about the checks of a head, once all of them have ended.
 * @param most rounds in a row; 0: none
 */
export function decideCi(
  results: readonly CheckResult[],
  { history, most }: { history: CiHistory; most: number },
): CiDecision {
  if (results.some(({ conclusion }) => conclusion === null)) return { kind: "pending" };
  const means = (what: "failed" | "person") =>
    results.filter(({ conclusion }) => conclusion !== null && CONCLUSION_MEANS[conclusion] === what);
  const red = means("failed");
  const flaky = red.filter(({ passedBefore }) => passedBefore);
  const onBase = red.filter((check) => !check.passedBefore && isOfBase(check));
  const ours = red.filter((check) => !flaky.includes(check) && !onBase.includes(check));
  if (ours.length > 0) return mend(ours, { history, most });
  if (red.length > 0) return { kind: "excused", flaky: flaky.map(nameOf), onBase: onBase.map(nameOf) };
  const person = means("person");
  return person.length > 0 ? { kind: "person", names: person.map(nameOf) } : { kind: "green" };
}

function mend(
  checks: readonly CheckResult[],
  { history, most }: { history: CiHistory; most: number },
): CiDecision {
  const failing = checks.map(({ name, tests, excerpt, redOnBase }) => ({
    name,
    tests: tests.filter((test) => !redOnBase?.tests.includes(test)),
    excerpt,
  }));
  const fingerprint = fingerprintOf(failing);
  if (fingerprint === history.fingerprint) return { kind: "stop", why: "same", failing };
  if (history.rounds >= most) return { kind: "stop", why: "rounds", failing };
  return { kind: "mend", failing, fingerprint };
}

/** Every test it names fails there too; where it names none, that it is red there has to do. */
function isOfBase({ tests, redOnBase }: CheckResult): boolean {
  return redOnBase !== undefined && tests.every((test) => redOnBase.tests.includes(test));
}

function nameOf({ name }: CheckResult): string {
  return name;
}

/**
 * The same for the same failure, whatever it took, wherever it ran and in which order it is told: by its tests,
 * and where it names none by its words without their numbers. 64 hexadecimal characters.
 */
export function fingerprintOf(failing: readonly FailedCheck[]): string {
  const parts = failing.map(({ name, tests, excerpt }) => [
    name,
    tests.length > 0 ? tests.toSorted() : excerpt.replaceAll(/\b[0-9a-f]{7,64}\b|\d+/g, "#").trim(),
  ]);
  const sorted = parts.toSorted(([a], [b]) => String(a).localeCompare(String(b)));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}
