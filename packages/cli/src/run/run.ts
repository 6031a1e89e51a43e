import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { loadAgent } from "@aicd/agents";
import {
  type AgentKind,
  AicdError,
  addTokens,
  formatUsd,
  LIMITS,
  NO_TOKENS,
  type Plan,
  type Provider,
} from "@aicd/core";
import { createTokenClients, type InstallationClients } from "@aicd/github";
import { createLocalPlane, runAttempt } from "@aicd/runner";
import pc from "picocolors";
import type { ModelEnv } from "../env.ts";
import { makeScratch } from "../scratch.ts";
import { commitOnBranch } from "./branch.ts";
import { localGit } from "./git.ts";
import { issueFromFile, issueFromGitHub } from "./issue.ts";
import { chooseModels } from "./models.ts";
import { type GitHubPlace, type GitHubUrls, placeOfIssue } from "./place.ts";
import { openDraft } from "./pull-request.ts";
import { openRepository, originOf } from "./repository.ts";
import { settingsAt } from "./settings.ts";
import { showEvidence, showPlan, showProgress, showTokens } from "./show.ts";

export type RunLocallyOptions = {
  /** A directory, or `owner/name` on GitHub. */
  repo: string;
  /** A file, the URL of an issue, or `#n`. */
  issue: string;
  yes?: boolean | undefined;
  agent?: AgentKind | undefined;
  provider?: Provider | undefined;
  model?: string | undefined;
  budgetUsd?: number | undefined;
  env: {
    model: ModelEnv;
    base: Record<string, string>;
    githubToken: string | undefined;
    githubUrls?: GitHubUrls | undefined;
  };
  /** No draft pull request, although there is a token. */
  local?: boolean | undefined;
  /** Asks the person at the terminal; undefined: there is nobody to ask. */
  ask?: ((question: string) => Promise<string>) | undefined;
  /** Where the patch is put, and a clone when \`repo\` is on GitHub. */
  directory: string;
  write: (text: string) => void;
  signal: AbortSignal;
};

/** What the shell is told. Questions are no failure, yet nothing was changed. */
export const EXIT = { done: 0, failed: 1, question: 2, declined: 3, interrupted: 130 } as const;

/**
 * `aicd run`: an issue becomes a branch and a patch, without a server; with a GitHub token and an issue on
 * GitHub also a draft pull request.
 *
 * @returns the exit code, one of `EXIT`
 */
export async function runLocally(options: RunLocallyOptions): Promise<number> {
  const temp = await makeScratch("run");
  try {
    return await work(options, temp);
  } finally {
    await rm(temp, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function work(options: RunLocallyOptions, temp: string): Promise<number> {
  const { env, write } = options;
  const home = await openRepository(options, temp);
  const git = localGit(home, env.base);
  const startSha = await git(["rev-parse", "HEAD^{commit}"]);
  const named = existsSync(resolve(options.directory, options.repo)) ? undefined : options.repo;
  const where = placeOfIssue(options.issue, {
    repo: named,
    origin: await originOf(git),
    urls: env.githubUrls,
  });
  const clients = where === undefined ? undefined : clientsFor(where.place, env.githubToken, write);
  const snapshot =
    where === undefined
      ? await issueFromFile(resolve(options.directory, options.issue))
      : await issueFromGitHub(where.place, where.number, { clients });
  const { issue } = snapshot;
  const settings = await settingsAt(git, startSha);
  const models = chooseModels({
    settings,
    env: env.model,
    agent: options.agent,
    provider: options.provider,
    model: options.model,
  });
  const limitMicroUsd = Math.round((options.budgetUsd ?? settings.budgetUsd) * 1e6);
  let planned: { body: Plan; hash: string } | undefined;
  const plane = createLocalPlane({
    work: {
      snapshot,
      settings,
      models: models.models,
      budget: { limitMicroUsd, deadlineMs: Date.now() + LIMITS.attemptMs, maxSteps: LIMITS.stepsPerPhase },
      repository: { owner: "local", name: "local", defaultBranch: "HEAD" },
      startSha,
    },
    decide(plan, hash) {
      planned = { body: plan, hash };
      return decide(options, plan, hash);
    },
    onEvent(event) {
      if (event.type === "phase.entered") write(`\n${pc.bold(pc.cyan(event.phase))}\n`);
      if (event.type === "review.rejected") write(pc.yellow(`The critic sends it back: ${event.summary}\n`));
    },
  });
  const workspaceDir = join(temp, "workspace");
  await git(["clone", "--quiet", "--no-hardlinks", "--", home, workspaceDir]);
  let spent = 0;
  let tokens = NO_TOKENS;
  write(`${pc.bold(issue.title)} on ${startSha.slice(0, 9)} with ${models.models.coder.model}\n`);
  const report = await runAttempt({
    client: plane.client,
    oidcToken: async () => "",
    attemptId: "local",
    runKey: "local",
    workspaceDir,
    tempDir: join(temp, "runner"),
    path: env.base.PATH ?? "",
    createAgent: () => loadAgent(models),
    signal: options.signal,
    log(progress) {
      if (progress.type === "usage") {
        spent += progress.microUsd;
        tokens = addTokens(tokens, progress.tokens);
      }
      const line = showProgress(progress, spent);
      if (line !== undefined) write(`${line}\n`);
    },
  });
  const cost = `${formatUsd(report.costMicroUsd)}${showTokens(tokens)}`;
  const proposed = plane.proposed();
  if (report.outcome === "planned") write(`\nNothing was changed. ${cost}\n`);
  if (report.outcome === "question") write(`\n${pc.bold("Questions")}\n${report.detail}\n${cost}\n`);
  if (proposed !== undefined) {
    const change = { changeSet: proposed.changeSet, issueNumber: issue.number, issueTitle: issue.title };
    const { branch, commit } = await commitOnBranch(git, change);
    const patch = resolve(options.directory, `${branch.replaceAll("/", "-")}.patch`);
    await writeFile(patch, `${await git(["format-patch", "-1", "--stdout", commit])}\n`);
    write(
      `\n${showEvidence(proposed.evidence)}\n\n${await git(["show", "--stat", "--format=%s%n", commit])}\n`,
    );
    write(`\nbranch ${pc.green(branch)}\npatch  ${patch}\n${cost}\n`);
  }
  const result = plane.result();
  if (result?.kind === "approved" && proposed !== undefined && where !== undefined) {
    if (clients === undefined || options.local === true) {
      write(`No pull request: ${clients === undefined ? "GITHUB_TOKEN is not set" : "--local"}.\n`);
    } else {
      const { verdict: critic } = result;
      const spentMicroUsd = report.costMicroUsd;
      const about = { issue, plan: planned, ...proposed, critic, settings, spentMicroUsd };
      const draft = await openDraft(clients, where.place, about);
      if (draft.kind === "opened") write(`draft  ${pc.green(draft.pull.url)}\n`);
      else {
        write(pc.red(`\nNo pull request was opened. ${draft.why}\n`));
        return EXIT.failed;
      }
    }
  }
  switch (report.outcome) {
    case "approved":
      return EXIT.done;
    case "planned":
      return EXIT.declined;
    case "question":
      return EXIT.question;
  }
  write(pc.red(`\n${report.outcome} ${report.reason ?? ""}: ${report.detail}\n`));
  return report.outcome === "interrupted" ? EXIT.interrupted : EXIT.failed;
}

function clientsFor(
  place: GitHubPlace,
  token: string | undefined,
  write: (text: string) => void,
): InstallationClients | undefined {
  if (token === undefined) return undefined;
  const warn = (_fields: object, message: string) => write(pc.dim(`${message}\n`));
  // GitHub asks for a second between writes.
  return createTokenClients({ token, baseUrl: place.api, writeIntervalMs: 1_000, warn });
}

async function decide(options: RunLocallyOptions, plan: Plan, hash: string): Promise<boolean> {
  options.write(showPlan(plan, hash));
  if (options.yes === true) return true;
  if (options.ask === undefined) {
    throw new AicdError("invalid", "There is no terminal to ask on; add --yes to accept the plan.");
  }
  const answer = await options.ask("Carry it out? [y/N] ");
  return /^y(es)?$/i.test(answer.trim());
}
