import { type AgentProgress, type Evidence, formatUsd, type Plan, type Tokens } from "@aicd/core";
import pc from "picocolors";

/** A plan as a person reads it before saying yes. */
export function showPlan(plan: Plan, hash: string): string {
  const { estimate } = plan;
  const list = (items: string[]) => items.map((item) => `  - ${item}`);
  return [
    "",
    pc.bold(`Plan ${hash}: ${plan.title}`),
    plan.understanding,
    "",
    `${pc.bold("Cause")} ${plan.cause}`,
    pc.bold("Files"),
    ...plan.files.map(({ path, change }) => `  - ${pc.cyan(path)} ${change}`),
    ...(plan.tests.length > 0 ? [pc.bold("Tests"), ...list(plan.tests)] : []),
    ...(plan.risks.length > 0 ? [pc.bold("Risks"), ...list(plan.risks)] : []),
    `About ${estimate.changedLines} lines, $${estimate.lowUsd} to $${estimate.highUsd}, likely $${estimate.likelyUsd}.`,
    "",
  ].join("\n");
}

/** One line for a step of the agent; undefined for what is not worth one. */
export function showProgress(progress: AgentProgress, spentMicroUsd: number): string | undefined {
  switch (progress.type) {
    case "phase":
      return undefined;
    case "tool":
      return `${progress.ok ? pc.green("✓") : pc.yellow("✗")} ${progress.tool} ${pc.dim(progress.detail)}`;
    case "text":
      return pc.italic(progress.text.trim());
    case "note":
      return pc.yellow(progress.text);
    case "usage": {
      const { input, output, cacheRead, cacheWrite } = progress.tokens;
      const tokens = `${input + cacheRead + cacheWrite} in, ${cacheRead} of them cached, ${output} out`;
      return pc.dim(`  ${progress.model}: ${tokens} · ${formatUsd(spentMicroUsd)} so far`);
    }
  }
}

/** All that went to and fro, and which share of the input came from a vendor's cache; empty for nothing. */
export function showTokens({ input, output, cacheRead, cacheWrite }: Tokens): string {
  const all = input + cacheRead + cacheWrite;
  if (all === 0) return "";
  const number = (value: number) => value.toLocaleString("en-US");
  return ` · ${number(all)} tokens in, ${Math.round((cacheRead / all) * 100)} % of them cached · ${number(output)} out`;
}

/** What our machine ran, as a table. */
export function showEvidence(evidence: Evidence): string {
  const { setup, before, reproduction = [], after, weakened = [] } = evidence;
  const stages = { setup, before, "tests only": reproduction, after };
  const rows = Object.entries(stages).flatMap(([stage, runs]) =>
    runs.map(({ command, exitCode, tests }) => {
      const counts = tests === null ? "" : ` ${tests.passed} passed, ${tests.failed} failed`;
      return `  ${stage.padEnd(10)} ${command}: ${exitCode ?? "stopped"}${counts}`;
    }),
  );
  const doubts = weakened.map(({ path, what }) => pc.yellow(`  look at ${path}: ${what}`));
  return [pc.bold(`Evidence (sandbox: ${evidence.sandbox})`), ...rows, ...doubts].join("\n");
}
