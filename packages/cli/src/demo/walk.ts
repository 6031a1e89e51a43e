import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isTerminal, type TaskState } from "@aicd/core";
import type { LedgerEntry, LocalGitHub, RegisteredApp } from "@aicd/local-github";
import { baseEnv } from "../env.ts";
import { allowThisMachine } from "./allow-this-machine.ts";
import { DEMO_APP } from "./app.ts";
import type { Closers } from "./closers.ts";
import { type Following, followTask, type Move, taskOfIssue } from "./follow.ts";
import { createHuman, type Human } from "./human.ts";
import type { Verdict } from "./judge-webhooks.ts";
import { stopOrphan } from "./orphan.ts";
import { freePort, type Server, ServerEnded, startServer } from "./server.ts";
import { signIn } from "./sign-in.ts";
import type { DemoSource } from "./source.ts";
import type { Timeline } from "./timeline.ts";
import { type Listening, listenForWebhooks } from "./webhooks.ts";
import { tell } from "./words.ts";

export const ORG = "acme";
export const HUMAN = "mona";

export type Walk = {
  states: TaskState[];
  spentMicroUsd: number;
  pullRequest: number | undefined;
  server: Server;
  webhooks?: Verdict;
};
type Input = {
  directory: string;
  github: LocalGitHub;
  source: DemoSource;
  settings: Record<string, string>;
  repo: string;
  timeline: Timeline;
  closers: Closers;
  /** A receiver is told of it all, and the server is killed meanwhile. */
  webhooks?: true;
  /** Who acts; one who approves, reviews and merges when left out. */
  human?: (scene: { source: DemoSource; timeline: Timeline }) => Human;
};

/** Starts the server, labels the issue, and lets everybody act until the task has ended. */
export async function walkTheRoad(input: Input): Promise<Walk> {
  const { github, source, repo, timeline } = input;
  const { server: first, app, start } = await startControlPlane(input);
  let server = first;
  const { url } = server;
  timeline.note(`Control plane at ${url} · local GitHub at ${github.url}`);
  await github.installApp(app, ORG, "all");
  timeline.note(`Dashboard: ${signInLink(url)} · one click signs you in as @${HUMAN}`);
  const { client, org } = await signIn({ url, login: HUMAN });
  await allowThisMachine({ client, org, timeline });

  const person = github.as(HUMAN);
  const human = input.human?.({ source, timeline }) ?? createHuman({ person, repo, source, timeline });
  const walk = { states: [] as TaskState[], spentMicroUsd: 0, pullRequest: undefined as number | undefined };
  const done = Promise.withResolvers<void>();
  const act = (work: Promise<void>) => void work.catch(done.reject);
  const guard = (running: Server) =>
    running.exited.then((code) => {
      if (running !== server) return;
      const message = `The control plane ended on its way, with code ${code}.`;
      done.reject(new ServerEnded(message, running.logPath));
    });
  // Whoever was killed is not waited for, so its end is no surprise.
  let again: Promise<void> = Promise.resolve();
  const strike = async () => {
    const killed = server;
    server = { ...killed };
    await killed.kill();
    again = start().then((started) => {
      server = started;
      timeline.note("The server is started again");
      guard(started);
    });
    again.catch(done.reject);
  };
  const listening: Listening | undefined = input.webhooks
    ? await listenForWebhooks({ client, org, timeline, closers: input.closers, strike })
    : undefined;
  const onMove = ({ state, trigger, task }: Move) => {
    walk.states.push(state);
    walk.spentMicroUsd = Math.max(walk.spentMicroUsd, task.spentMicroUsd);
    walk.pullRequest = task.pullRequest?.number ?? walk.pullRequest;
    timeline.state(state, walk.spentMicroUsd, trigger);
    if (state === "PR_OPEN" && walk.pullRequest !== undefined) act(human.pullRequestOpen(walk.pullRequest));
    if (isOver(state) && human.goesOnAfter?.(state) !== true) done.resolve();
  };

  const issue = await person.openIssue(repo, source.issue);
  timeline.thread(HUMAN, `opens ${github.url}/${repo}/issues/${issue.number}: ${source.issue.title}`);
  const following = Promise.withResolvers<Pick<Following, "caughtUp">>();
  watchThread({
    ...{ github, bot: app.bot.login, timeline },
    onComment: (body) => act(human.commented(body, issue.number)),
    onAnswer: () => act(human.threadAnswered() ?? Promise.resolve()),
    // What the server did on GitHub follows from a move: that is told first.
    before: async () => (await following.promise).caughtUp(),
    onError: done.reject,
  });
  timeline.thread(HUMAN, "adds the label aicd");
  await person.label(repo, issue.number, "aicd");
  guard(first);
  const end = new AbortController();
  const follow = async () => {
    const { signal } = end;
    const task = await taskOfIssue(client, { org, repo, issueNumber: issue.number, signal });
    const { failed, ...rest } = followTask(client, { org, task, signal }, onMove);
    following.resolve(rest);
    return failed;
  };
  follow().catch(done.reject);
  await done.promise.finally(() => end.abort());
  await again;
  return { ...walk, server, ...(listening === undefined ? {} : { webhooks: await listening.conclude() }) };
}

/** Leads to the local GitHub's own page, which asks whom to sign in. */
export function signInLink(url: string): string {
  return `${url}/auth/github?return_to=/organizations/${ORG}/tasks`;
}

function isOver(state: TaskState): boolean {
  return isTerminal(state) || state === "FAILED" || state === "BLOCKED" || state === "NEEDS_INPUT";
}

async function startControlPlane({ directory, github, settings, closers, webhooks }: Input) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const app = await registerApp(github, url);
  await mkdir(join(directory, "server"), { recursive: true });
  const keyPath = join(directory, "server", "app.pem");
  await writeFile(keyPath, app.privateKeyPem, { mode: 0o600 });
  // Closed after the server: one that ended in order has left nothing.
  closers.add(() => stopOrphan(join(directory, "server")));
  const options = {
    port,
    logPath: join(directory, "server.log"),
    closers,
    env: {
      ...baseEnv(),
      ...settings,
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
      // The receiver is on this machine; a server of customers refuses such addresses.
      ...(webhooks ? { WEBHOOK_PRIVATE_ADDRESSES: "allow" } : {}),
    },
  };
  const start = async () => {
    // A server that was killed leaves its Postgres behind.
    await stopOrphan(join(directory, "server"));
    return startServer(options);
  };
  return { server: await start(), app, start };
}

function registerApp(github: LocalGitHub, url: string): Promise<RegisteredApp> {
  return github.registerApp({
    name: "AI-CD",
    owner: ORG,
    webhookUrl: `${url}/api/github/webhooks`,
    ...DEMO_APP,
  });
}

/** Shows what the App does on GitHub, in its order, and hands on the comments it makes. */
function watchThread(input: {
  github: LocalGitHub;
  bot: string;
  timeline: Timeline;
  before: () => Promise<void>;
  onComment: (body: string) => void;
  /** A thread of a review got its receipt. */
  onAnswer: () => void;
  onError: (error: unknown) => void;
}): void {
  const { github, bot, timeline, before, onComment, onAnswer, onError } = input;
  let last: Promise<void> = Promise.resolve();
  const inTurn = (show: () => void) => {
    last = last.then(before).then(show);
    last.catch(onError);
  };

  function showWrite(entry: LedgerEntry): void {
    const { body } = (entry.body ?? {}) as { body?: unknown };
    const text = typeof body === "string" ? body : "";
    // The sticky comment is edited all the time; of it only what the runner is at is news.
    if (text.startsWith("<!-- aicd:status")) timeline.progress(/ — _([^\n]+)_$/m.exec(text)?.[1]);
    else timeline.detail(tell(entry.summary));
    if (entry.method !== "POST" || text === "") return;
    if (entry.route.endsWith("/replies")) onAnswer();
    timeline.quote(text);
    onComment(text);
  }

  github.on("write", (entry) => {
    if (entry.actor === bot) inTurn(() => showWrite(entry));
  });
  github.on("run", ({ status, conclusion }) => {
    if (status === "in_progress") inTurn(() => timeline.detail("the runner starts"));
    if (status === "completed") inTurn(() => timeline.detail(`the runner ends: ${conclusion}`));
  });
}
