import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { APP_PERMISSIONS } from "../../control-plane/src/setup/manifest.ts";

const ROOT = join(import.meta.dirname, "../..");
const ROOMS = [
  "app/src",
  "control-plane/src",
  "packages/github/src",
  "action/src",
  "packages/cli/src/run",
] as const;

const sources = ROOMS.flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(ROOT, room, name), "utf8")),
).join("\n");

/** As GitHub's clients and its GraphQL schema call it. */
it.each([
  ["approve or review", /\bcreateReview\(|\bsubmitReview\(|addPullRequestReview|event: "APPROVE"/],
  ["merge", /\bpulls\.merge\(|mergePullRequest|enablePullRequestAutoMerge|enqueuePullRequest/],
  ["mark as ready", /markPullRequestReadyForReview/],
  ["change protections or rules", /BranchProtection|createRepoRuleset|updateRepoRuleset|deleteRepoRuleset/],
  ["push by force", /updateRef\([^)]*force: true|--force-with-lease|push --force|"--force"/],
])("nothing of ours can %s", (_, call) => {
  expect(sources.length).toBeGreaterThan(100_000);
  expect(sources.match(call)).toBeNull();
  expect(APP_PERMISSIONS).not.toHaveProperty("administration");
  expect(APP_PERMISSIONS).not.toHaveProperty("workflows");
});
