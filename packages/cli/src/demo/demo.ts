import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AicdError, type TaskState } from "@aicd/core";
import { type LocalGitHub, startLocalGitHub } from "@aicd/local-github";
import type { ModelEnv } from "../env.ts";
import { readSecondReview, startRecording } from "../example/index.ts";
import { makeScratch } from "../scratch.ts";
import { STOPS } from "../stop.ts";
import { type Closers, createClosers } from "./closers.ts";
import { tellVerdict, type Verdict } from "./judge-webhooks.ts";
import { publishRelease } from "./release.ts";
import { type PullReport, reportPull } from "./report.ts";
import { type Album, createAlbum } from "./screenshots/screenshots.ts";
import { createStory, SECOND_REVIEWER } from "./screenshots/story.ts";
import { ServerEnded } from "./server.ts";
import { chooseSource, type DemoSource } from "./source.ts";
import { createTimeline, type Timeline } from "./timeline.ts";
import { HUMAN, ORG, signInLink, type Walk, walkTheRoad } from "./walk.ts";

export type DemoOptions = {
  repo?: string;
  issue?: string;
  database?: string;
  json?: true;
  keep?: true;
  /** A receiver is told what happens, and the server is killed meanwhile. */
  webhooks?: true;
  /** Where pictures of the threads go. */
  screenshots?: string;
  model: ModelEnv;
};

type Summary = {
  outcome: string;
  pullRequestUrl: string | null;
  branch: string | null;
  commits: number;
  states: TaskState[];
  costUsd: number;
  durationMs: number;
  webhooks?: Verdict;
};

/** The Action asks for Node 24, which GitHub's runners bring; on an older one it gets what it lacks. */
const nodeArguments =
  Number.parseInt(process.versions.node, 10) < 24
    ? ["--import", new URL("../older-node.ts", import.meta.url).href]
    : [];

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** What is still on its way when all is closed fails soon. */
const SETTLE_MS = 10_000;

/**
 * `aicd demo`: the whole road on this machine. Whatever ends it, a signal included, no process and no folder
 * stays.
 *
 * @returns the exit code
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const closers = createClosers();
  const rubbish: string[] = [];
  const stopped = Promise.withResolvers<number>();
  // Each of them, again and again: whoever is impatient must not leave half of it behind.
  for (const name of STOPS) process.on(name, () => stopped.resolve(EXIT_CODES[name]));
  // A terminal that is closed takes no more words; that must not end us before all is tidied up.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const timeline = createTimeline({ now: Date.now, write: (text) => process.stdout.write(text) });
  const work = walkAndTell(options, { closers, rubbish, timeline, stopped: stopped.promise });
  // Nobody may be left to hear of it.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, stopped.promise]);
  } catch (error) {
    if (!(error instanceof ServerEnded)) throw error;
    const kept = join(await makeScratch("log"), "server.log");
    await copyFile(error.logPath, kept);
    throw new AicdError("broken", `${error.message} Its log is kept: ${kept}`, { cause: error });
  } finally {
    await closers.closeAll();
    await Promise.race([work.catch(() => undefined), sleep(SETTLE_MS, undefined, { ref: false })]);
    await closers.closeAll();
    for (const path of rubbish)
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function walkAndTell(
  options: DemoOptions,
  made: { closers: Closers; rubbish: string[]; timeline: Timeline; stopped: Promise<number> },
): Promise<number> {
  const { closers, rubbish, timeline, stopped } = made;
  const startedAt = Date.now();
  const source = await chooseSource({ ...options, made: (folder) => rubbish.push(folder) });
  if (options.screenshots !== undefined && !source.recorded) {
    throw new AicdError(
      "invalid",
      "`--screenshots` tells the bundled example, which is answered by its recording: leave out `--repo` and the model's key.",
    );
  }
  const directory = await makeScratch("demo");
  rubbish.push(directory);
  timeline.note("Starting a local GitHub, Postgres and the control plane …");
  const starting = startLocalGitHub({ directory: join(directory, "github"), nodeArguments });
  closers.add(async () => (await starting).stop());
  const github = await starting;
  const model = await chooseModel(source, options, closers);
  // Never the DATABASE_URL of the shell: that one may be of another program.
  const database = options.database === undefined ? {} : { DATABASE_URL: options.database };
  const repo = await seed(github, source);
  await publishRelease(github, join(directory, "release"));
  const settings = { ...model, ...database };
  const about = { url: github.url, token: github.tokenFor(HUMAN), repo };
  const album = options.screenshots === undefined ? undefined : createAlbum(options.screenshots, about);
  const human = album === undefined ? {} : await castStory({ github, repo, album });
  const told = options.webhooks === undefined ? {} : { webhooks: options.webhooks };
  const walk = await walkTheRoad({
    ...{ directory, github, source, settings, repo, timeline, closers },
    ...human,
    ...told,
  });
  const { pullRequest: number } = walk;
  const report = number === undefined ? undefined : await reportPull({ ...about, number });
  if (report !== undefined) process.stdout.write(report.text);
  if (walk.webhooks !== undefined) process.stdout.write(tellVerdict(walk.webhooks));
  if (album !== undefined) await finish(album, walk);
  // What runners still say while they are stopped is not for after the summary, which programs read.
  timeline.end();
  const summary = summarise(walk, report, Date.now() - startedAt);
  process.stdout.write(`\n${closing(summary)}\n`);
  if (!options.keep && !options.json) {
    process.stdout.write(
      "With `npm run demo -- --keep` it all stays up, to be looked at in the dashboard.\n",
    );
  }
  if (options.keep) await keep({ github, repo, walk, directory, stopped });
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  if (summary.webhooks?.isWell === false) return 1;
  return summary.outcome === "merged" || summary.outcome === "pr_open" ? 0 : 1;
}

/** The people of the demo that is photographed. */
async function castStory(scene: {
  github: LocalGitHub;
  repo: string;
  album: Album;
}): Promise<{ human: NonNullable<Parameters<typeof walkTheRoad>[0]["human"]> }> {
  const { github, repo, album } = scene;
  await github.createUser(SECOND_REVIEWER);
  await github.addCollaborator(repo, SECOND_REVIEWER, "write");
  const atFailure = (issue: number) => album.issue("failure", issue);
  return { human: (rest) => createStory({ ...rest, github, repo, login: HUMAN, atFailure }) };
}

async function finish(album: Album, { pullRequest }: Walk): Promise<void> {
  await album.issue("issue", 1);
  if (pullRequest !== undefined) await album.pull("pull-request", pullRequest);
  process.stdout.write(`\n${(await album.develop()).join("\n")}\n`);
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
  { model, screenshots }: DemoOptions,
  closers: Closers,
): Promise<Record<string, string>> {
  if (source.recorded) {
    const starting = startRecording(
      screenshots === undefined ? {} : { before: readSecondReview().fixturesPath },
    );
    closers.add(async () => (await starting).stop());
    const recording = await starting;
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
    ...(walk.webhooks === undefined ? {} : { webhooks: walk.webhooks }),
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
  stopped: Promise<unknown>;
}): Promise<void> {
  const { github, repo, walk, directory, stopped } = input;
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
  await stopped;
}
