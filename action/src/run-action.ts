import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { loadAgent } from "@aicd/agents";
import { type AgentProgress, formatUsd } from "@aicd/core";
import { createRunnerClient, type LeaseGrant, type RunnerClient } from "@aicd/protocol";
import { type AttemptReport, runLeased, takeLease, type WorkOptions } from "@aicd/runner";
import { OUTPUTS } from "./constants.ts";
import { type Env, readEnv } from "./env.ts";
import { type Handover, handOver, takeOver } from "./handover.ts";
import { readInputs } from "./inputs.ts";
import type { ActionState } from "./state.ts";
import { summary, titleOf } from "./summary.ts";

/** One step of a workflow: one attempt. Errors end here as a red step with a reason. */
export async function runAction(state: ActionState, signal: AbortSignal): Promise<void> {
  try {
    const report = await work(state, readEnv(), signal);
    state.output(OUTPUTS.outcome, report.outcome);
    state.output(OUTPUTS.costUsd, (report.costMicroUsd / 1e6).toFixed(6));
    if (report.planHash !== undefined) state.output(OUTPUTS.planHash, report.planHash);
    await state.summarise(summary(report));
    state.info(titleOf(report));
    if (report.outcome === "failed" || report.outcome === "interrupted") {
      state.fail(`${titleOf(report)}: ${report.detail}`);
    }
  } catch (error) {
    state.fail(error instanceof Error ? error.message : String(error));
  }
}

/** Two images of one process: the first exchanges its identity for a lease, the second works with that alone. */
async function work(state: ActionState, env: Env, signal: AbortSignal): Promise<AttemptReport> {
  const client = createRunnerClient({ url: readInputs(state.input).controlPlaneUrl });
  const earlier = takeOver();
  if (earlier !== undefined) return workUnderLease({ state, env, signal, client, ...earlier });
  const taken = await lease(state, client);
  if (taken.kind === "fenced") return { outcome: "fenced", detail: taken.why, costMicroUsd: 0 };
  const tempDir = await mkdtemp(join(env.RUNNER_TEMP, "aicd-"));
  handOver(taken.handover, tempDir);
  return workUnderLease({ state, env, signal, client, handover: taken.handover, tempDir });
}

async function lease(
  state: ActionState,
  client: RunnerClient,
): Promise<{ kind: "leased"; handover: Handover } | { kind: "fenced"; why: string }> {
  const { controlPlaneUrl, attemptId, runKey, githubToken } = readInputs(state.input);
  if (githubToken !== "") state.mask(githubToken);
  const oidcToken = () => state.oidcToken(controlPlaneUrl);
  const taken = await takeLease({ client, oidcToken, attemptId, runKey });
  if (taken.kind === "fenced") return taken;
  state.mask(taken.grant.leaseToken);
  return { kind: "leased", handover: { grant: taken.grant, githubToken } };
}

async function workUnderLease(input: {
  state: ActionState;
  env: Env;
  signal: AbortSignal;
  client: RunnerClient;
  handover: Handover;
  tempDir: string;
}): Promise<AttemptReport> {
  const { state, env, signal, client, handover, tempDir } = input;
  const options: WorkOptions = {
    client,
    workspaceDir: env.GITHUB_WORKSPACE,
    tempDir,
    path: env.PATH,
    gitEnv: gitAccess(handover.githubToken, env.GITHUB_SERVER_URL),
    hidden: [env.RUNNER_TEMP],
    createAgent,
    signal,
    log: (progress) => print(state, progress),
  };
  try {
    return await runLeased(options, handover.grant);
  } finally {
    await rm(tempDir, { recursive: true, force: true });
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
