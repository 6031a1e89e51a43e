import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { AttemptReport } from "@aicd/runner";
import pc from "picocolors";
import { makeScratch } from "../scratch.ts";
import { type Attempted, attempt } from "./attempt.ts";
import { commitChange, freeBranch, makeBranch } from "./branch.ts";
import type { RunLocallyOptions } from "./options.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { openDraft } from "./pull-request.ts";
import { showEvidence } from "./show.ts";

/** What the shell is told. Questions are no failure, yet nothing was changed. `usage`: a flag was wrong. */
export const EXIT = { done: 0, failed: 1, question: 2, declined: 3, usage: 64, interrupted: 130 } as const;

/**
 * `aicd run`: an issue becomes a branch and a patch, without a server; with a GitHub token and an issue on
 * GitHub also a draft pull request.
 *
 * @returns the exit code, one of `EXIT`
 */
export async function runLocally(options: RunLocallyOptions): Promise<number> {
  const temp = await makeScratch("run");
  try {
    const prepared = await prepare(options, temp);
    const attempted = await attempt(options, prepared, temp);
    await keepChange(options, prepared, attempted);
    const isPublished = await publish(options, prepared, attempted);
    return isPublished ? exitOf(options, prepared, attempted.report) : EXIT.failed;
  } finally {
    await rm(temp, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The change as a branch and a patch, whatever became of it: it is paid for. */
async function keepChange(
  { directory, write }: RunLocallyOptions,
  { git, snapshot }: Prepared,
  { report, proposed, cost }: Attempted,
): Promise<void> {
  if (report.outcome === "planned") write(`\nNothing was changed. ${cost}\n`);
  if (report.outcome === "question") write(`\n${pc.bold("Questions")}\n${report.detail}\n${cost}\n`);
  if (proposed === undefined) return;
  const { commit, anonymous } = await commitChange(git, proposed.changeSet);
  const branch = await freeBranch(git, snapshot.issue);
  // Before the branch: a patch needs no more than a folder that may be written.
  const patch = await writePatch(directory, branch, await git(["format-patch", "-1", "--stdout", commit]));
  write(
    `\n${showEvidence(proposed.evidence)}\n\n${await git(["show", "--stat", "--format=%s%n", commit])}\n`,
  );
  write(`\npatch  ${patch}\n`);
  await makeBranch(git, branch, commit);
  write(`branch ${pc.green(branch)}\n${cost}\n`);
  if (anonymous) write(`${pc.yellow(ANONYMOUS)}\n`);
}

const ANONYMOUS =
  "git knows no name and address here, so the commit is in the name of aicd. Set yours with `git config --global user.name` and `user.email`.";

/** Where it should be, or where it can be: the change is paid for. */
async function writePatch(directory: string, branch: string, text: string): Promise<string> {
  const name = `${branch.replaceAll("/", "-")}.patch`;
  try {
    await writeFile(resolve(directory, name), `${text}\n`);
    return resolve(directory, name);
  } catch {
    // A folder that may not be written; temporary files are made at the start of every run.
    const path = join(await makeScratch("patch"), name);
    await writeFile(path, `${text}\n`);
    return path;
  }
}

/** The draft pull request, where one is wanted. @returns false when it was wanted and could not be had */
async function publish(
  { local, write }: RunLocallyOptions,
  { address, clients, settings, snapshot }: Prepared,
  { report, plan, proposed, result }: Attempted,
): Promise<boolean> {
  if (result?.kind !== "approved" || proposed === undefined || address === undefined) return true;
  if (clients === undefined || local === true) {
    write(`No pull request: ${clients === undefined ? "GITHUB_TOKEN is not set" : "--local"}.\n`);
    return true;
  }
  const { verdict: critic } = result;
  const { issue } = snapshot;
  const spentMicroUsd = report.costMicroUsd;
  const about = { issue, plan, ...proposed, critic, settings, spentMicroUsd };
  const draft = await openDraft(clients, address, about);
  if (draft.kind === "opened") {
    write(`draft  ${pc.green(draft.pull.url)}\n`);
    return true;
  }
  write(pc.red(`\nNo pull request was opened. ${draft.why}\n`));
  return false;
}

function exitOf({ write }: RunLocallyOptions, { models }: Prepared, report: AttemptReport): number {
  switch (report.outcome) {
    case "approved":
      return EXIT.done;
    case "planned":
      return EXIT.declined;
    case "question":
      return EXIT.question;
  }
  write(pc.red(`\n${report.outcome} ${report.reason ?? ""}: ${report.detail}\n`));
  if (report.reason === "model_unavailable" || report.reason === "model_rejected")
    write(`${askedAt(models)}\n`);
  return report.outcome === "interrupted" ? EXIT.interrupted : EXIT.failed;
}

/** Most often it is the address that is wrong. */
function askedAt({ models, endpoints }: Prepared["models"]): string {
  const isAnthropic = models.coder.provider === "anthropic";
  const { baseURL } = isAnthropic ? endpoints.anthropic : endpoints.openai;
  const name = isAnthropic ? "ANTHROPIC_BASE_URL" : "OPENAI_BASE_URL";
  return `The model was asked for at ${baseURL}. If that is the wrong place, set ${name}.`;
}
