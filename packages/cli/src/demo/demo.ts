import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TaskState } from "@aicd/core";
import { type LocalGitHub, startLocalGitHub } from "@aicd/local-github";
import type { ModelEnv } from "../env.ts";
import { startRecording } from "../example/index.ts";
import { makeScratch } from "../scratch.ts";
import { type PullReport, reportPull } from "./report.ts";
import { chooseSource, type DemoSource } from "./source.ts";
import { createTimeline } from "./timeline.ts";
import { HUMAN, ORG, signInLink, type Walk, walkTheRoad } from "./walk.ts";

const ACTION = fileURLToPath(new URL("../../../../action", import.meta.url));

export type DemoOptions = { repo?: string; issue?: string; json?: true; keep?: true; model: ModelEnv };

type Summary = {
  outcome: string;
  pullRequestUrl: string | null;
  branch: string | null;
  commits: number;
  states: TaskState[];
  costUsd: number;
  durationMs: number;
};

/** `aicd demo`: the whole road on this machine. @returns the exit code */
export async function runDemo(options: DemoOptions): Promise<number> {
  const startedAt = Date.now();
  const source = await chooseSource(options);
  const directory = await makeScratch("demo");
  const closers: (() => Promise<unknown>)[] = [];
  // What runners still say while they are stopped is not for after the summary, which programs read.
  let over = false;
  const timeline = createTimeline({ now: Date.now, write: (text) => over || process.stdout.write(text) });
  try {
    timeline.note("Starting a local GitHub, Postgres and the control plane …");
    const github = await startLocalGitHub({
      directory: join(directory, "github"),
      actions: { "ai-cd/action": ACTION },
    });
    closers.push(() => github.stop());
    const model = await chooseModel(source, options.model, closers);
    const repo = await seed(github, source);
    const walk = await walkTheRoad({ directory, github, source, model, repo, timeline, closers });
    const report =
      walk.pullRequest === undefined
        ? undefined
        : await reportPull({
            url: github.url,
            token: github.tokenFor(HUMAN),
            repo,
            number: walk.pullRequest,
          });
    if (report !== undefined) process.stdout.write(report.text);
    over = true;
    const summary = summarise(walk, report, Date.now() - startedAt);
    process.stdout.write(`\n${closing(summary)}\n`);
    if (!options.keep && !options.json) {
      process.stdout.write(
        "With `npm run demo -- --keep` it all stays up, to be looked at in the dashboard.\n",
      );
    }
    if (options.keep) await keep({ github, repo, walk, directory });
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    return summary.outcome === "merged" || summary.outcome === "pr_open" ? 0 : 1;
  } finally {
    for (const close of closers.reverse()) await close();
    const rubbish = source.temporary ? [directory, source.directory] : [directory];
    for (const path of rubbish) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function seed(github: LocalGitHub, source: DemoSource): Promise<string> {
  await github.createUser(HUMAN, { name: "Mona Lisa" });
  await github.createOrganization(ORG, { owner: HUMAN });
  const repository = await github.createRepository(ORG, source.name, { from: source.directory });
  await github.addCollaborator(repository.fullName, HUMAN, "admin");
  return repository.fullName;
}

/** The recording for the bundled example; with a key of yours, the real provider. */
async function chooseModel(
  source: DemoSource,
  model: ModelEnv,
  closers: (() => Promise<unknown>)[],
): Promise<Record<string, string>> {
  if (source.recorded) {
    const recording = await startRecording();
    closers.push(() => recording.stop());
    return { ANTHROPIC_API_KEY: "recorded-example", ANTHROPIC_BASE_URL: recording.url };
  }
  const env: Record<string, string> = {};
  if (model.anthropicKey !== undefined) env.ANTHROPIC_API_KEY = model.anthropicKey;
  if (model.anthropicUrl !== undefined) env.ANTHROPIC_BASE_URL = model.anthropicUrl;
  if (model.openaiKey !== undefined) env.OPENAI_API_KEY = model.openaiKey;
  if (model.openaiUrl !== undefined) env.OPENAI_BASE_URL = model.openaiUrl;
  return env;
}

function summarise(walk: Walk, report: PullReport | undefined, durationMs: number): Summary {
  return {
    outcome: (walk.states.at(-1) ?? "none").toLowerCase(),
    pullRequestUrl: report?.url ?? null,
    branch: report?.branch ?? null,
    commits: report?.commits ?? 0,
    states: walk.states,
    costUsd: walk.spentMicroUsd / 1e6,
    durationMs,
  };
}

function closing(summary: Summary): string {
  const seconds = (summary.durationMs / 1000).toFixed(1);
  return `${summary.outcome} · ${summary.commits} commits · $${summary.costUsd.toFixed(4)} · ${seconds} s`;
}

async function keep(input: {
  github: LocalGitHub;
  repo: string;
  walk: Walk;
  directory: string;
}): Promise<void> {
  const { github, repo, walk, directory } = input;
  process.stdout.write(
    [
      "Everything stays up until you press Ctrl-C.",
      `  issue          ${github.url}/${repo}/issues/1`,
      `  pull request   ${walk.pullRequest === undefined ? "none" : `${github.url}/${repo}/pull/${walk.pullRequest}`}`,
      `  dashboard      ${signInLink(walk.server.url)}`,
      `  control plane  ${walk.server.url}`,
      `  log            ${join(directory, "server.log")}`,
      "",
    ].join("\n"),
  );
  await new Promise<void>((resolve) => process.once("SIGINT", () => resolve()));
}
