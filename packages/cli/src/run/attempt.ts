import { join } from "node:path";
import { loadAgent } from "@aicd/agents";
import { AicdError, addTokens, formatUsd, LIMITS, NO_TOKENS, type Plan } from "@aicd/core";
import { type AttemptReport, createLocalPlane, type LocalPlane, runAttempt } from "@aicd/runner";
import pc from "picocolors";
import type { RunLocallyOptions } from "./options.ts";
import type { Prepared } from "./prepare.ts";
import { showPlan, showProgress, showTokens } from "./show.ts";

/** What an attempt left behind. */
export type Attempted = {
  report: AttemptReport;
  plan: { body: Plan; hash: string } | undefined;
  proposed: ReturnType<LocalPlane["proposed"]>;
  result: ReturnType<LocalPlane["result"]>;
  /** Money and tokens, for a person. */
  cost: string;
};

/** One attempt in a clone of the repository, told as it goes; the repository itself is not touched. */
export async function attempt(
  options: RunLocallyOptions,
  prepared: Prepared,
  temp: string,
): Promise<Attempted> {
  const { env, write } = options;
  const { git, home, models, snapshot, startSha } = prepared;
  let plan: Attempted["plan"];
  const plane = createLocalPlane({
    work: workOf(options, prepared),
    decide(body, hash) {
      plan = { body, hash };
      return decide(options, body, hash);
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
  write(`${pc.bold(snapshot.issue.title)} on ${startSha.slice(0, 9)} with ${models.models.coder.model}\n`);
  const report = await runAttempt({
    client: plane.client,
    oidcToken: async () => "",
    attemptId: "local",
    runKey: "local",
    workspaceDir,
    tempDir: join(temp, "runner"),
    path: env.base.PATH ?? "",
    optOut: OPT_OUT,
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
  return { report, plan, proposed: plane.proposed(), result: plane.result(), cost };
}

const OPT_OUT =
  "Or add `--sandbox process`: then commands of the repository and of the model run as you do, and can read what you can.";

function workOf(
  options: RunLocallyOptions,
  { snapshot, settings, models, startSha }: Prepared,
): Parameters<typeof createLocalPlane>[0]["work"] {
  return {
    snapshot,
    // A file of the repository cannot lower it; the person whose machine this is can.
    settings: { ...settings, sandbox: options.sandbox ?? "bwrap" },
    models: models.models,
    budget: {
      limitMicroUsd: Math.round((options.budgetUsd ?? settings.budgetUsd) * 1e6),
      deadlineMs: Date.now() + LIMITS.attemptMs,
      maxSteps: LIMITS.stepsPerPhase,
    },
    repository: { owner: "local", name: "local", defaultBranch: "HEAD" },
    startSha,
  };
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
