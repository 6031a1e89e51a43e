import { loadAgent } from "@aicd/agents";
import { createRunnerClient } from "@aicd/protocol";
import { runAttempt } from "@aicd/runner";

/** A runner as its own process, so that a test can kill it without a goodbye. */
const [, , url = "", oidcToken = "", attemptId = "", runKey = "", workspaceDir = "", tempDir = ""] =
  process.argv;

const report = await runAttempt({
  client: createRunnerClient({ url }),
  oidcToken: async () => oidcToken,
  attemptId,
  runKey,
  workspaceDir,
  tempDir,
  path: "/usr/local/bin:/usr/bin:/bin",
  createAgent: ({ models, gateway, leaseToken: apiKey }) =>
    loadAgent({
      models,
      endpoints: {
        anthropic: { baseURL: gateway.anthropic, apiKey },
        openai: { baseURL: gateway.openai, apiKey },
      },
    }),
  signal: new AbortController().signal,
  log: () => undefined,
});
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(report.outcome === "failed" ? 1 : 0);
