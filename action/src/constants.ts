/** Names of action.yml; a test holds the two together. */
export const INPUTS = {
  mode: "mode",
  controlPlaneUrl: "control-plane-url",
  attemptId: "attempt-id",
  runKey: "run-key",
  issueNumber: "issue-number",
  anthropicApiKey: "anthropic-api-key",
  openaiApiKey: "openai-api-key",
  provider: "provider",
  model: "model",
  githubToken: "github-token",
  budgetUsd: "budget-usd",
  artifact: "artifact",
} as const;

export const OUTPUTS = {
  outcome: "outcome",
  pullRequestUrl: "pull-request-url",
  planHash: "plan-hash",
  costUsd: "cost-usd",
  artifact: "artifact",
  patch: "patch",
} as const;
