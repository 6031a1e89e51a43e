import { type CheckResult, CONCLUSION_MEANS, cleanText, type FailedCheck } from "@aicd/core";
import { type FoundCheck, fetchChecks, fetchFailureLog, type ReadClient } from "@aicd/github";
import { failingTests } from "../../thread/ending/failing-tests.ts";

/** Logs are read of so many red checks; more of them have one cause, or none that an attempt would find. */
const READ = 5;
const TESTS = 50;

type RepositoryName = { owner: string; name: string };

/** Every check on the head but ours; of red ones also what they said, and how they stand where the work began. */
export async function fetchResults(
  read: ReadClient,
  repository: RepositoryName,
  about: { headSha: string; baseSha: string | undefined; appLogin: string },
): Promise<CheckResult[]> {
  const { headSha, baseSha, appLogin } = about;
  const found = await fetchChecks(read, repository, { sha: headSha, appLogin });
  const red = found.every(({ conclusion }) => conclusion !== null) ? found.filter(isRed).slice(0, READ) : [];
  const onBase =
    red.length === 0 || baseSha === undefined
      ? []
      : (await fetchChecks(read, repository, { sha: baseSha, appLogin })).filter(isRed);
  const results: CheckResult[] = [];
  for (const check of found) {
    const { conclusion, passedBefore } = check;
    const name = cleanText(check.name, 200);
    const said = red.includes(check) ? await fetchSaid(read, repository, check) : undefined;
    const twin = onBase.find((other) => other.name === check.name && other.app === check.app);
    results.push({
      ...{ name, conclusion, passedBefore, tests: said?.tests ?? [], excerpt: said?.excerpt ?? "" },
      redOnBase: twin === undefined ? undefined : await fetchTests(read, repository, twin, said),
    });
  }
  return results;
}

function isRed({ conclusion }: FoundCheck): boolean {
  return conclusion !== null && CONCLUSION_MEANS[conclusion] === "failed";
}

async function fetchSaid(
  read: ReadClient,
  repository: RepositoryName,
  check: FoundCheck,
): Promise<Pick<FailedCheck, "tests" | "excerpt">> {
  const { excerpt, whole } = await fetchFailureLog(read, repository, check);
  return { tests: failingTests(whole).slice(0, TESTS), excerpt: cleanText(excerpt, 8_000) };
}

/** Where the check on the head names no test there is nothing to compare with. */
async function fetchTests(
  read: ReadClient,
  repository: RepositoryName,
  twin: FoundCheck,
  said: Pick<FailedCheck, "tests"> | undefined,
): Promise<{ tests: string[] }> {
  if (said === undefined || said.tests.length === 0) return { tests: [] };
  return { tests: (await fetchSaid(read, repository, twin)).tests };
}
