import { AicdError, Provider } from "@aicd/core";
import { INPUTS } from "./constants.ts";
import type { Env } from "./env.ts";
import type { Publish } from "./publish.ts";
import type { Standalone } from "./standalone.ts";

/** What one run of the action is to do. */
export type ActionSettings =
  | { mode: "leased"; work: Leased }
  | { mode: "standalone"; work: Standalone }
  | { mode: "publish"; work: Publish };

export type Leased = {
  controlPlaneUrl: string;
  attemptId: string;
  runKey: string;
  /** Read access to the repository for `git fetch`; empty when the repository needs none. */
  githubToken: string;
};

type Get = (name: string) => string;

/** Turns raw inputs into settings, or says everything that is wrong with them at once. */
export function readInputs(get: Get, env: Env): ActionSettings {
  const mode = get(INPUTS.mode) || (get(INPUTS.controlPlaneUrl) === "" ? "standalone" : "leased");
  const problems: string[] = [];
  const settings = read(mode, get, env, problems);
  if (settings !== undefined && problems.length === 0) return settings;
  throw new AicdError("invalid", `The inputs of the action are not usable:\n- ${problems.join("\n- ")}`);
}

function read(mode: string, get: Get, env: Env, problems: string[]): ActionSettings | undefined {
  const githubToken = get(INPUTS.githubToken);
  if (mode === "leased") {
    const controlPlaneUrl = get(INPUTS.controlPlaneUrl);
    if (!isHttpUrl(controlPlaneUrl)) problems.push(`\`${INPUTS.controlPlaneUrl}\` is not an http(s) URL`);
    for (const name of [INPUTS.attemptId, INPUTS.runKey]) {
      if (!/^[\w.-]{1,128}$/.test(get(name))) problems.push(`\`${name}\` is missing or not valid`);
    }
    const [attemptId, runKey] = [get(INPUTS.attemptId), get(INPUTS.runKey)];
    return { mode, work: { controlPlaneUrl, attemptId, runKey, githubToken } };
  }
  if (mode !== "standalone" && mode !== "publish") {
    problems.push(`\`${INPUTS.mode}\` is \`${mode}\`; known are \`leased\`, \`standalone\` and \`publish\``);
    return undefined;
  }
  const issueNumber = Number(get(INPUTS.issueNumber));
  if (!Number.isSafeInteger(issueNumber) || issueNumber < 1) {
    problems.push(
      `\`${INPUTS.issueNumber}\` is missing or not a number; with a control plane set \`${INPUTS.controlPlaneUrl}\` instead, as in examples/aicd.yml`,
    );
  }
  if (githubToken === "") problems.push(`\`${INPUTS.githubToken}\` is empty`);
  if (mode === "publish") {
    const artifact = get(INPUTS.artifact);
    if (artifact === "")
      problems.push(`\`${INPUTS.artifact}\` is missing: the directory of the downloaded artifact`);
    return { mode, work: { artifact, issueNumber, githubToken } };
  }
  return { mode, work: readStandalone(get, env, { issueNumber, githubToken }, problems) };
}

function readStandalone(
  get: Get,
  env: Env,
  common: { issueNumber: number; githubToken: string },
  problems: string[],
): Standalone {
  const [anthropicApiKey, openaiApiKey] = [get(INPUTS.anthropicApiKey), get(INPUTS.openaiApiKey)];
  if (anthropicApiKey === "" && openaiApiKey === "") {
    problems.push(`set \`${INPUTS.anthropicApiKey}\` or \`${INPUTS.openaiApiKey}\``);
  }
  const provider = Provider.safeParse(get(INPUTS.provider));
  if (get(INPUTS.provider) !== "" && !provider.success) {
    problems.push(`\`${INPUTS.provider}\` is none of ${Provider.options.join(", ")}`);
  }
  const budgetUsd = Number(get(INPUTS.budgetUsd));
  if (get(INPUTS.budgetUsd) !== "" && !(budgetUsd > 0)) {
    problems.push(`\`${INPUTS.budgetUsd}\` is not an amount of dollars`);
  }
  const model = get(INPUTS.model);
  return {
    ...common,
    anthropicApiKey,
    openaiApiKey,
    anthropicUrl: env.ANTHROPIC_BASE_URL,
    openaiUrl: env.OPENAI_BASE_URL,
    ...(provider.success ? { provider: provider.data } : {}),
    ...(model === "" ? {} : { model }),
    ...(budgetUsd > 0 ? { budgetUsd } : {}),
  };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
