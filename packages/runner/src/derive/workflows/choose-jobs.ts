import type { Ecosystem } from "../plan.ts";
import type { Line, ReadJob } from "./read-job.ts";

const GOOD =
  /(?:^|[\s_\-/(.])(?:tests?|unit|ci|build|check|main|linux|ubuntu|spec|pytest|backend|frontend)(?:$|[\s_\-/)(.:])/i;
const ODD =
  /e2e|integration|browser|bench|coverage|fuzz|sanit|asan|ubsan|tsan|msan|wasm|doc|example|smoke|nightly|canary|release|compat|window|macos|lint|format|style|typ(?:es?|ing)\b|min(?:imum|imal)?\b|minrust|msrv|lowest|redistribut|rules|valgrind|miri|cross|loom|semver|mutation|secur|codeql|ecosystem|downstream|external|daily|weekly|deploy|publish|perf|pypy|alternative|runtime|memprof|stress|32bit|arm|old|bundl|package|citgm|custom|third|spell|size|panic|parking|valgrind|hack|no-std|musl/i;

const MOST_JOBS = 3;

export type Chosen = { tests: ReadJob[]; others: ReadJob[] };

/**
 * The jobs that prove a change: of those with tests the plainest for each ecosystem and place, and jobs that
 * only look (types, lint) beside them.
 */
export function chooseJobs(jobs: readonly ReadJob[]): Chosen {
  const ranked = jobs
    .filter(({ lines }) => lines.some((line) => isTest(line) && !DECIDES.test(line.run)))
    .map((job, at) => ({ job, score: scoreOf(job) - at / 100 }))
    .toSorted((a, b) => b.score - a.score);
  const best = ranked[0]?.score ?? 0;
  const taken: ReadJob[] = [];
  const known = new Set<string>();
  for (const { job, score } of ranked) {
    const keys = job.lines.filter(isTest).map(keyOf);
    const isNew = taken.length === 0 || keys.some((key) => !known.has(key));
    if (!isNew || taken.length >= MOST_JOBS || score < best - 6) continue;
    taken.push(job);
    for (const key of keys) known.add(key);
  }
  return { tests: taken, others: jobs.filter((job) => !job.lines.some(isTest)) };
}

/** A script that asks which of many builds it is in, or takes apart what another job made. */
const DECIDES = /(?:^|')\s*(?:if|case|for|while)\b|^\s*tar x/m;

function isTest({ kind }: Line): boolean {
  return kind === "test";
}

/** Two ways to build the same: one of them is enough. */
const SAME: Readonly<Partial<Record<Ecosystem, string>>> = { maven: "jvm", gradle: "jvm", task: "*" };

/** Jobs with the same key test the same thing another way. */
function keyOf({ ecosystem, directory }: Line): string {
  return `${SAME[ecosystem] ?? ecosystem} ${directory}`;
}

function scoreOf({ workflow, job, lines }: ReadJob): number {
  const file = workflow.split("/").at(-1) ?? "";
  const names = `${job.id} ${job.name}`.replaceAll(/\$\{\{.*?\}\}/g, " ");
  let score = 0;
  if (GOOD.test(` ${names} `)) score += 3;
  if (
    /^(?:ci|tests?|build|main|check|unit|run-tests?|node|python|go|rust|pull|push|java|maven|ruby)[.\w-]*\.ya?ml$/i.test(
      file,
    )
  )
    score += 2;
  if (ODD.test(names)) score -= 4;
  if (ODD.test(file)) score -= 3;
  if (job.services.length > 0 || job.container) score -= 2;
  const tests = lines.filter(isTest);
  if (tests.some(({ run }) => /\b(?:e2e|integration|playwright|cypress|bench)/.test(run))) score -= 2;
  if (tests.every(({ ecosystem }) => ecosystem === "task")) score -= 1;
  return score;
}
