import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { type Endpoints, loadAgent } from "@aicd/agents";
import {
  type AgentRole,
  AicdError,
  chooseRole,
  LIMITS,
  type ModelChoice,
  type Plan,
  Provider,
  type Settings,
} from "@aicd/core";
import { type AttemptReport, createLocalPlane, runAttempt, type WorkOptions } from "@aicd/runner";
import { z } from "zod";
import { begin } from "./begin.ts";
import { writeChange } from "./change.ts";
import { OUTPUTS } from "./constants.ts";
import type { Env } from "./env.ts";
import type { ActionState } from "./state.ts";

/** Work on one issue without a control plane. Its keys exist in this process only. */
export const Standalone = z.object({
  issueNumber: z.number().int().positive(),
  anthropicApiKey: z.string(),
  openaiApiKey: z.string(),
  anthropicUrl: z.string(),
  openaiUrl: z.string(),
  provider: Provider.optional(),
  model: z.string().optional(),
  budgetUsd: z.number().positive().optional(),
  githubToken: z.string(),
});
export type Standalone = z.infer<typeof Standalone>;

const NO_OPT_OUT =
  "Without a control plane the vendor's key is on this machine, so there is no weaker level to choose.";

/** The agent job: reads the thread, works, and leaves the change as a file. It writes nothing to GitHub. */
export async function workStandalone(
  state: ActionState,
  env: Env,
  input: Standalone,
  options: Pick<WorkOptions, "tempDir" | "gitEnv" | "signal" | "log" | "hidden" | "commandFiles">,
): Promise<AttemptReport> {
  const { repository, start, settings } = await begin(state, env, input);
  const { baseSha, snapshot } = start;
  if (baseSha === undefined)
    throw new AicdError("missing", `${repository.owner}/${repository.name} has no commit yet.`);
  const budgetUsd = Math.min(input.budgetUsd ?? settings.budgetUsd, settings.budgetUsd);
  const { models, endpoints } = chooseModels(input, settings);
  let plan: { body: Plan; hash: string } | undefined;
  const plane = createLocalPlane({
    work: {
      snapshot,
      // The vendor's key is on this machine: there is no weaker level for it, whatever a file says.
      settings: { ...settings, sandbox: "bwrap" },
      models,
      budget: {
        limitMicroUsd: Math.round(budgetUsd * 1e6),
        deadlineMs: Date.now() + LIMITS.attemptMs,
        maxSteps: LIMITS.stepsPerPhase,
      },
      repository: { ...repository, defaultBranch: start.defaultBranch },
      startSha: baseSha,
    },
    // Whoever asks for a person's yes gets the plan and no more: nobody can be asked in here.
    decide: async (body, hash) => {
      plan = { body, hash };
      return settings.approval !== "required";
    },
    onEvent: () => undefined,
  });
  const report = await runAttempt({
    ...options,
    client: plane.client,
    oidcToken: async () => "",
    attemptId: "local",
    runKey: "local",
    workspaceDir: env.GITHUB_WORKSPACE,
    path: env.PATH,
    optOut: NO_OPT_OUT,
    createAgent: () => loadAgent({ models, endpoints }),
  });
  const [proposed, result] = [plane.proposed(), plane.result()];
  if (result?.kind === "approved" && proposed !== undefined && plan !== undefined) {
    // A name nobody could guess and put a link at.
    const directory = await mkdtemp(join(env.RUNNER_TEMP, "aicd-change-"));
    const { issueNumber } = input;
    const { verdict: critic } = result;
    const spentMicroUsd = report.costMicroUsd;
    await writeChange(directory, { version: 1, issueNumber, ...proposed, critic, plan, spentMicroUsd });
    state.output(OUTPUTS.artifact, directory);
  }
  return report;
}

function chooseModels(
  input: Standalone,
  settings: Settings,
): { models: Record<AgentRole, ModelChoice>; endpoints: Endpoints } {
  const preferred: Provider = input.anthropicApiKey === "" ? "openai" : "anthropic";
  const choose = (role: AgentRole): ModelChoice => {
    const own = {
      ...settings[role],
      ...(input.provider === undefined ? {} : { provider: input.provider }),
      ...(input.model === undefined ? {} : { model: input.model }),
    };
    const { model, ...choice } = chooseRole({ ...settings, [role]: own }, role, preferred);
    const [key, name] =
      choice.provider === "anthropic"
        ? [input.anthropicApiKey, "anthropic-api-key"]
        : [input.openaiApiKey, "openai-api-key"];
    if (key === "") {
      throw new AicdError("invalid", `The ${role} is to use ${choice.provider}, but \`${name}\` is not set.`);
    }
    if (model === undefined)
      throw new AicdError("invalid", `Name a model for ${choice.provider} with \`model\`.`);
    return { ...choice, model };
  };
  return {
    models: { planner: choose("planner"), coder: choose("coder"), critic: choose("critic") },
    endpoints: {
      anthropic: { baseURL: input.anthropicUrl, apiKey: input.anthropicApiKey },
      openai: { baseURL: input.openaiUrl, apiKey: input.openaiApiKey },
    },
  };
}
