import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadAgent } from "@aicd/agents";
import { type AgentProgress, formatUsd } from "@aicd/core";
import { createRunnerClient, type LeaseGrant } from "@aicd/protocol";
import { type AttemptReport, runLeased, takeLease, type WorkOptions } from "@aicd/runner";
import { OUTPUTS } from "./constants.ts";
import { commandFiles, type Env, readEnv } from "./env.ts";
import { type Handover, handOver, takeOver } from "./handover.ts";
import { type ActionSettings, type Leased, readInputs } from "./inputs.ts";
import { type Publish, publish } from "./publish.ts";
import { type Standalone, workStandalone } from "./standalone.ts";
import type { ActionState } from "./state.ts";
import { linksOf, summary, titleOf } from "./summary.ts";

/** One step of a workflow: one attempt, or the publishing of one. Errors end here as a red step with a reason. */
export async function runAction(state: ActionState, signal: AbortSignal): Promise<void> {
  try {
    const env = readEnv();
    const earlier = takeOver();
    if (earlier === undefined) {
      const settings = readInputs(state.input, env);
      if (settings.mode === "publish") return await runPublish(state, env, settings.work);
      return await begin(state, env, settings, signal);
    }
    const { handover, tempDir } = earlier;
    await work({ state, env, signal, handover, tempDir });
  } catch (error) {
    state.fail(error instanceof Error ? error.message : String(error));
  }
}

async function runPublish(state: ActionState, env: Env, input: Publish): Promise<void> {
  state.mask(input.githubToken);
  const url = await publish(state, env, input);
  state.output(OUTPUTS.outcome, "published");
  state.output(OUTPUTS.pullRequestUrl, url);
  await state.summarise(`### AI-CD: a draft pull request is open\n\n${url}\n`);
  state.info(url);
}

async function conclude(
  state: ActionState,
  env: Env,
  report: AttemptReport,
  links: ReturnType<typeof linksOf> = [],
): Promise<void> {
  state.output(OUTPUTS.outcome, report.outcome);
  state.output(OUTPUTS.costUsd, (report.costMicroUsd / 1e6).toFixed(6));
  if (report.planHash !== undefined) state.output(OUTPUTS.planHash, report.planHash);
  if (report.patch !== undefined) state.output(OUTPUTS.patch, await keepPatch(env, report.patch));
  await state.summarise(summary(report, links));
  state.info(titleOf(report));
  if (report.outcome === "failed" || report.outcome === "interrupted") {
    state.fail(`${titleOf(report)}: ${report.detail}`);
  }
}

/** What was written, for the step that uploads it: whatever became of the attempt, it was paid for. */
async function keepPatch(env: Env, patch: Buffer): Promise<string> {
  // A name nobody could guess and put a link at.
  const path = join(await mkdtemp(join(env.RUNNER_TEMP, "aicd-patch-")), "aicd.patch");
  await writeFile(path, patch, { flag: "wx" });
  return path;
}

/** Two images of one process: the first turns what it was given into the little the second works with. */
async function begin(
  state: ActionState,
  env: Env,
  settings: Exclude<ActionSettings, { mode: "publish" }>,
  signal: AbortSignal,
): Promise<void> {
  const taken = settings.mode === "leased" ? await lease(state, settings.work) : keep(state, settings.work);
  if (taken.kind === "fenced") {
    return conclude(state, env, { outcome: "fenced", detail: taken.why, costMicroUsd: 0 });
  }
  const tempDir = await mkdtemp(join(env.RUNNER_TEMP, "aicd-"));
  handOver(taken.handover, tempDir);
  return work({ state, env, signal, handover: taken.handover, tempDir });
}

type Taken = { kind: "taken"; handover: Handover } | { kind: "fenced"; why: string };

async function lease(state: ActionState, input: Leased): Promise<Taken> {
  const { controlPlaneUrl, attemptId, runKey, githubToken } = input;
  if (githubToken !== "") state.mask(githubToken);
  const client = createRunnerClient({ url: controlPlaneUrl });
  const oidcToken = () => state.oidcToken(controlPlaneUrl);
  const taken = await takeLease({ client, oidcToken, attemptId, runKey });
  if (taken.kind === "fenced") return taken;
  state.mask(taken.grant.leaseToken);
  return { kind: "taken", handover: { mode: "leased", controlPlaneUrl, grant: taken.grant, githubToken } };
}

function keep(state: ActionState, input: Standalone): Taken {
  for (const secret of [input.githubToken, input.anthropicApiKey, input.openaiApiKey]) {
    if (secret !== "") state.mask(secret);
  }
  return { kind: "taken", handover: { mode: "standalone", work: input } };
}

type Working = { state: ActionState; env: Env; signal: AbortSignal; handover: Handover; tempDir: string };

async function work(input: Working): Promise<void> {
  const { state, env, handover } = input;
  const links = handover.mode === "leased" ? linksOf(handover.grant, handover.controlPlaneUrl) : [];
  await conclude(state, env, await attempt(input), links);
}

async function attempt({ state, env, signal, handover, tempDir }: Working): Promise<AttemptReport> {
  const token = handover.mode === "leased" ? handover.githubToken : handover.work.githubToken;
  const common = {
    tempDir,
    gitEnv: gitAccess(token, env.GITHUB_SERVER_URL),
    signal,
    hidden: [env.RUNNER_TEMP],
    commandFiles: commandFiles(),
    log: (progress: AgentProgress) => print(state, progress),
  };
  try {
    if (handover.mode === "standalone") return await workStandalone(state, env, handover.work, common);
    const options: WorkOptions = {
      ...common,
      client: createRunnerClient({ url: handover.controlPlaneUrl }),
      workspaceDir: env.GITHUB_WORKSPACE,
      path: env.PATH,
      createAgent,
    };
    return await runLeased(options, handover.grant);
  } finally {
    await rm(tempDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Model calls go to the control plane's gateway; the lease token is the only key there is here. */
function createAgent(grant: LeaseGrant) {
  const apiKey = grant.leaseToken;
  return loadAgent({
    models: grant.models,
    endpoints: {
      anthropic: { baseURL: grant.gateway.anthropic, apiKey },
      openai: { baseURL: grant.gateway.openai, apiKey },
    },
  });
}

/** Access for `git fetch` by its environment: neither on disk nor on a command line. */
function gitAccess(token: string, serverUrl: string): Record<string, string> {
  if (token === "") return {};
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${new URL(serverUrl).origin}/.extraheader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
  };
}

function print(state: ActionState, progress: AgentProgress): void {
  if (progress.type === "text") state.info(progress.text);
  if (progress.type === "note") state.info(`note: ${progress.text}`);
  if (progress.type === "tool") state.info(`${progress.ok ? "✓" : "✗"} ${progress.tool} ${progress.detail}`);
  if (progress.type === "usage") {
    const { input, output, cacheRead, cacheWrite } = progress.tokens;
    const tokens = `${input + cacheRead + cacheWrite} in (${cacheRead} cached), ${output} out`;
    state.info(`${progress.model}: ${tokens}, ${formatUsd(progress.microUsd)}`);
  }
}
