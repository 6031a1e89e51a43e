import type { Repository } from "../world/types.ts";

type Standing = "expected" | "failing" | "passed";

/** docs.github.com "About status checks": these conclusions let a required check pass. */
const PASSING = new Set(["success", "neutral", "skipped"]);

/** What GitHub says of required checks that have not passed on a commit; empty when all have. */
export function missingChecks(repository: Repository, sha: string, required: readonly string[]): string[] {
  const open = required
    .map((name) => ({ name, standing: standingOf(repository, sha, name) }))
    .filter(({ standing }) => standing !== "passed");
  const [first, second] = open;
  if (!first) return [];
  if (!second) {
    return [`Required status check "${first.name}" is ${first.standing}.`];
  }
  const count = `${open.length} of ${required.length} required status checks`;
  const failing = open.filter(({ standing }) => standing === "failing").length;
  if (failing === 0) return [`${count} are expected.`];
  if (failing === open.length) return [`${count} are failing.`];
  return [`${count} have not succeeded: ${open.length - failing} expected and ${failing} failing.`];
}

/** The newest word on a name counts, be it a check run or a commit status. */
function standingOf(repository: Repository, sha: string, name: string): Standing {
  const run = repository.checkRuns.findLast((each) => each.headSha === sha && each.name === name);
  if (run) {
    if (run.conclusion === null) return "expected";
    return PASSING.has(run.conclusion) ? "passed" : "failing";
  }
  const status = repository.statuses.findLast((each) => each.sha === sha && each.context === name);
  if (!status || status.state === "pending") return "expected";
  return status.state === "success" ? "passed" : "failing";
}
