import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isTerminal, type TaskState } from "@aicd/core";
import { type LocalGitHub, startLocalGitHub } from "@aicd/local-github";
import { baseEnv, type ModelEnv } from "../env.ts";
import { startRecording } from "../example/index.ts";
import { makeScratch } from "../scratch.ts";
import { createHuman, type Human } from "./human.ts";
import { type PullReport, reportPull } from "./report.ts";
import { freePort, type LogLine, type Server, startServer } from "./server.ts";
import { chooseSource, type DemoSource } from "./source.ts";
import { createTimeline } from "./timeline.ts";

const ACTION = fileURLToPath(new URL("../../../../action", import.meta.url));
const ORG = "acme";
const HUMAN = "mona";

export type DemoOptions = {
  repo?: string;
  issue?: string;
  database?: string;
  json?: true;
  keep?: true;
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
    // Never the DATABASE_URL of the shell: that one may be of another program.
    const database = options.database === undefined ? {} : { DATABASE_URL: options.database };
    const repo = await seed(github, source);
    const walk = await walkTheRoad({
      directory,
      github,
      source,
      settings: { ...model, ...database },
      repo,
      timeline,
      closers,
    });
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

type Walk = { states: TaskState[]; spentMicroUsd: number; pullRequest: number | undefined; server: Server };

/** Starts the server, labels the issue, and lets everybody act until the task has ended. */
async function walkTheRoad(input: {
  directory: string;
  github: LocalGitHub;
  source: DemoSource;
  settings: Record<string, string>;
  repo: string;
  timeline: ReturnType<typeof createTimeline>;
  closers: (() => Promise<unknown>)[];
}): Promise<Walk> {
  const { directory, github, source, repo, timeline } = input;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const app = await github.registerApp({
    name: "AI-CD",
    owner: ORG,
    webhookUrl: `${url}/api/github/webhooks`,
    permissions: {
      contents: "write",
      issues: "write",
      pull_requests: "write",
      checks: "write",
      actions: "write",
      metadata: "read",
      members: "read",
    },
    events: ["issues", "issue_comment", "pull_request", "pull_request_review", "workflow_run"],
  });
  const states: TaskState[] = [];
  const done = Promise.withResolvers<void>();
  const walk = { states, spentMicroUsd: 0, pullRequest: undefined as number | undefined };
  const person = github.as(HUMAN);
  const human = createHuman({ person, repo, source, timeline });
  const act = (work: Promise<void>) => void work.catch(done.reject);

  const onLine = (line: LogLine) => {
    if (line.msg !== "task moved") return;
    const state = line.state as TaskState;
    states.push(state);
    walk.spentMicroUsd = Math.max(walk.spentMicroUsd, Number(line.spentMicroUsd ?? 0));
    timeline.state(state, walk.spentMicroUsd, String(line.trigger));
    if (typeof line.pullRequestNumber === "number") walk.pullRequest = line.pullRequestNumber;
    if (state === "PR_OPEN" && walk.pullRequest !== undefined) act(human.pullRequestOpen(walk.pullRequest));
    if (isTerminal(state) || state === "FAILED" || state === "BLOCKED" || state === "NEEDS_INPUT")
      done.resolve();
  };

  await mkdir(join(directory, "server"), { recursive: true });
  const keyPath = join(directory, "server", "app.pem");
  await writeFile(keyPath, app.privateKeyPem, { mode: 0o600 });
  const server = await startServer({
    port,
    logPath: join(directory, "server.log"),
    onLine,
    env: {
      ...baseEnv(),
      ...input.settings,
      AICD_DIRECTORY: join(directory, "server"),
      PORT: String(port),
      PUBLIC_URL: url,
      APP_ID: String(app.appId),
      PRIVATE_KEY_PATH: keyPath,
      WEBHOOK_SECRET: app.webhookSecret,
      GITHUB_CLIENT_ID: app.clientId,
      GITHUB_CLIENT_SECRET: app.clientSecret,
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: github.url,
      ACTIONS_OIDC_ISSUER: github.oidc.issuer,
      // The local GitHub has no rate limit to respect; github.com asks for a second.
      GITHUB_WRITE_INTERVAL_MS: "50",
    },
  });
  input.closers.push(() => server.stop());
  server.exited.then(() =>
    done.reject(new Error(`the control plane ended; its log: ${directory}/server.log`)),
  );
  timeline.note(`Control plane at ${url} · local GitHub at ${github.url}`);
  await github.installApp(app, ORG, "all");
  timeline.note(`Dashboard: ${signInLink(url)} · one click signs you in as @${HUMAN}`);

  const issue = await person.openIssue(repo, source.issue);
  timeline.thread(HUMAN, `opens ${github.url}/${repo}/issues/${issue.number}: ${source.issue.title}`);
  watchThread(github, app.bot.login, timeline, human, (body) => act(human.planPosted(body, issue.number)));
  timeline.thread(HUMAN, "adds the label aicd");
  await person.label(repo, issue.number, "aicd");
  await done.promise;
  return { ...walk, server };
}

/** Leads to the local GitHub's own page, which asks whom to sign in. */
function signInLink(url: string): string {
  return `${url}/auth/github?return_to=/organizations/${ORG}/tasks`;
}

/** Shows what the App does on GitHub, and hands on the comments it makes. */
function watchThread(
  github: LocalGitHub,
  bot: string,
  timeline: ReturnType<typeof createTimeline>,
  human: Human,
  onComment: (body: string) => void,
): void {
  github.on("write", (entry) => {
    if (entry.actor !== bot) return;
    const { body } = (entry.body ?? {}) as { body?: unknown };
    const text = typeof body === "string" ? body : "";
    // The sticky comment is edited all the time; of it only what the runner is at is news.
    if (text.startsWith("<!-- aicd:status")) timeline.progress(/ — `([^`]+)`/.exec(text)?.[1]);
    else timeline.detail(entry.summary);
    if (entry.method !== "POST" || text === "") return;
    if (entry.route.endsWith("/replies")) human.threadAnswered();
    timeline.quote(text);
    onComment(text);
  });
  github.on("run", (run) => {
    if (run.status === "in_progress") timeline.detail(`workflow run ${run.id}: the Action starts`);
    if (run.status === "completed") timeline.detail(`workflow run ${run.id}: ${run.conclusion}`);
  });
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
