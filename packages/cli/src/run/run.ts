import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
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
import { createLocalPlane, runAttempt } from "@aicd/runner";
import pc from "picocolors";
import type { ModelEnv } from "../env.ts";
import { commitOnBranch } from "./branch.ts";
import { type LocalGit, localGit } from "./git.ts";
import { readIssue } from "./issue.ts";
import { chooseModels } from "./models.ts";
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
  env: { model: ModelEnv; base: Record<string, string>; githubToken: string | undefined };
  /** Where the patch is put, and a clone when \`repo\` is on GitHub. */
  directory: string;
  write: (text: string) => void;
  signal: AbortSignal;
};

/**
 * `aicd run`: an issue becomes a branch and a patch, without a server.
 *
 * @returns the exit code: 0 for a change (or a plan that was not wanted), 1 for a stated failure
 */
export async function runLocally(options: RunLocallyOptions): Promise<number> {
  const temp = await mkdtemp(join(tmpdir(), "aicd-run-"));
  try {
    return await work(options, temp);
  } finally {
    await rm(temp, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function work(options: RunLocallyOptions, temp: string): Promise<number> {
  const { env, write } = options;
  const home = await openRepository(options);
  const git = localGit(home, env.base);
  const startSha = await git(["rev-parse", "HEAD^{commit}"]);
  const issue = await readIssue(options.issue, { origin: await originOf(git), token: env.githubToken });
  const settings = await settingsAt(git, startSha);
  const models = chooseModels({
    settings,
    env: env.model,
    agent: options.agent,
    provider: options.provider,
    model: options.model,
  });
  const limitMicroUsd = Math.round((options.budgetUsd ?? settings.budgetUsd) * 1e6);
  const me = { login: "you", permission: "admin" } as const;
  const plane = createLocalPlane({
    work: {
      snapshot: { issue: { ...issue, author: me }, comments: [], guidance: [], removed: [] },
      settings,
      models: models.models,
      budget: { limitMicroUsd, deadlineMs: Date.now() + LIMITS.attemptMs, maxSteps: LIMITS.stepsPerPhase },
      repository: { owner: "local", name: "local", defaultBranch: "HEAD" },
      startSha,
    },
    decide: (plan, hash) => decide(options, plan, hash),
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
  if (report.outcome === "approved" || report.outcome === "planned" || report.outcome === "question")
    return 0;
  write(pc.red(`\n${report.outcome} ${report.reason ?? ""}: ${report.detail}\n`));
  return 1;
}

/** A directory as it is, or a clone of a repository on GitHub. */
async function openRepository({ repo, directory, env }: RunLocallyOptions): Promise<string> {
  const here = resolve(directory, repo);
  if (existsSync(here) || !/^[\w.-]+\/[\w.-]+$/.test(repo)) return here;
  const clone = resolve(directory, repo.split("/")[1] ?? repo);
  await localGit(directory, env.base)(["clone", "--quiet", "--", `https://github.com/${repo}.git`, clone]);
  return clone;
}

async function originOf(git: LocalGit): Promise<string | undefined> {
  try {
    return await git(["config", "--get", "remote.origin.url"]);
  } catch {
    // Without an origin only files and URLs name an issue.
    return undefined;
  }
}

async function decide(options: RunLocallyOptions, plan: Plan, hash: string): Promise<boolean> {
  options.write(showPlan(plan, hash));
  if (options.yes === true) return true;
  if (!process.stdin.isTTY) {
    throw new AicdError("invalid", "There is no terminal to ask on; add --yes to accept the plan.");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question("Carry it out? [y/N] ", { signal: options.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
