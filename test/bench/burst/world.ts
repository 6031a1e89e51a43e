import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MockAgent } from "@aicd/agents";
import { DEFAULT_SETTINGS } from "@aicd/core";
import { type LedgerEntry, startLocalGitHub } from "@aicd/local-github";
import { createRunnerClient } from "@aicd/protocol";
import { APP_PERMISSIONS, IDLE_WORKFLOW } from "../../world/app.ts";
import { freePort } from "../../world/port.ts";
import { startControlPlane } from "../server.ts";
import { memoryScope } from "../walk/scope.ts";

export type Burst = { installations: number; issuesEach: number };

const PLAN = /`\/aicd approve [0-9a-f]{12}`/;
const STATUS = "<!-- aicd:status";

/** A local GitHub, the server as people run it, and a runner that plans whatever is dispatched. */
export async function createBurstWorld({ installations, issuesEach }: Burst) {
  const directory = await mkdtemp(join(tmpdir(), "aicd-bench-burst-"));
  const github = await startLocalGitHub({ directory: join(directory, "github") });
  await github.createUser("mona");
  const workflows = join(directory, "source", ".github", "workflows");
  await mkdir(workflows, { recursive: true });
  await writeFile(join(workflows, "aicd.yml"), IDLE_WORKFLOW);
  const repos = Array.from({ length: installations }, (_, number) => `org-${number}/widget`);
  for (const [number, repo] of repos.entries()) {
    await github.createOrganization(`org-${number}`, { owner: "mona" });
    await github.createRepository(`org-${number}`, "widget", { from: join(directory, "source") });
    await github.addCollaborator(repo, "mona", "admin");
  }
  const url = `http://127.0.0.1:${await freePort()}`;
  const app = await github.registerApp({
    name: "AI-CD",
    owner: "org-0",
    webhookUrl: `${url}/api/github/webhooks`,
    permissions: APP_PERMISSIONS,
    events: ["issues"],
  });
  const keyPath = join(directory, "app.pem");
  await writeFile(keyPath, app.privateKeyPem, { mode: 0o600 });
  let timeouts = 0;
  const server = await startControlPlane(
    {
      AICD_DIRECTORY: join(directory, "server"),
      PORT: new URL(url).port,
      PUBLIC_URL: url,
      APP_ID: String(app.appId),
      PRIVATE_KEY_PATH: keyPath,
      WEBHOOK_SECRET: app.webhookSecret,
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: github.url,
      ACTIONS_OIDC_ISSUER: github.oidc.issuer,
    },
    (line) => {
      if (JSON.stringify(line).includes("TimeoutError")) timeouts++;
    },
  );
  for (let number = 0; number < installations; number++) await github.installApp(app, `org-${number}`, "all");
  await github.settled();
  const before = github.ledger.length;
  const person = github.as("mona");
  // She stands for many people: what is measured is how the App meets its limits, not how one person would.
  github.rates.spare({ login: "mona" });
  const issues: { repo: string; number: number }[] = [];
  for (const repo of repos) {
    for (let at = 0; at < issuesEach; at++) {
      issues.push({
        repo,
        number: (await person.openIssue(repo, { title: `Make widget ${at} two` })).number,
      });
    }
  }

  const client = createRunnerClient({ url });
  const played = new Set<string>();
  const planned = new Map<string, number>();
  const writesUntilPlanned = new Map<string, number>();
  const ids = new Map<string, { id: number; owner: number }>();

  /** What GitHub would tell of the run that a dispatch made, and a plan for it. */
  async function play(repo: string, attemptId: string, runKey: string): Promise<void> {
    if (played.has(attemptId)) return;
    played.add(attemptId);
    const run = github.runs(repo).find((candidate) => candidate.displayTitle.includes(runKey));
    const claims = await claimsOf(repo, run?.id ?? 0, url);
    const token = await github.oidc.sign({ ...claims, workflow_sha: run?.sha });
    const grant = await client.lease(token, { attemptId, runKey });
    const lease = { token: grant.leaseToken, epoch: grant.epoch };
    const task = { snapshot: grant.snapshot, settings: DEFAULT_SETTINGS, instructions: "" };
    const outcome = await new MockAgent().plan(task, memoryScope());
    if (outcome.kind !== "planned") throw new Error("the agent did not plan");
    await client.events(lease, [{ seq: 0, event: { type: "phase.entered", phase: "planning" } }]);
    await client.plan(lease, outcome.plan);
  }

  async function claimsOf(repo: string, runId: number, audience: string): Promise<Record<string, unknown>> {
    const known = ids.get(repo) ?? (await idsOf(repo));
    ids.set(repo, known);
    const now = Math.floor(Date.now() / 1_000);
    return {
      iss: github.oidc.issuer,
      aud: audience,
      jti: `burst-${runId}`,
      iat: now,
      nbf: now,
      exp: now + 300,
      repository_id: String(known.id),
      repository_owner_id: String(known.owner),
      event_name: "workflow_dispatch",
      ref: "refs/heads/main",
      workflow_ref: `${repo}/.github/workflows/aicd.yml@refs/heads/main`,
      run_id: String(runId),
      run_attempt: "1",
      runner_environment: "github-hosted",
    };
  }

  async function idsOf(repo: string): Promise<{ id: number; owner: number }> {
    const answer = await fetch(`${github.url}/repos/${repo}`, {
      headers: { authorization: `Bearer ${person.token}` },
    });
    const { id, owner } = (await answer.json()) as { id: number; owner: { id: number } };
    return { id, owner: owner.id };
  }

  const ours = () => github.ledger.slice(before).filter(({ actor }) => actor !== "mona");
  let read = before;
  const watching = setInterval(() => {
    for (; read < github.ledger.length; read++) note(github.ledger[read] as LedgerEntry);
  }, 20);

  function note(entry: LedgerEntry): void {
    if (entry.actor === "mona") return;
    const repo = entry.repo ?? "";
    const body = (entry.body ?? {}) as { body?: string; inputs?: Record<string, string> };
    if (/workflows\/.*dispatches$/.test(entry.route)) {
      const { "attempt-id": attemptId = "", "run-key": runKey = "" } = body.inputs ?? {};
      void play(repo, attemptId, runKey).catch((error: unknown) => console.error(error));
    }
    const key = commentedOn(entry);
    if (key === undefined || !PLAN.test(body.body ?? "") || body.body?.includes(STATUS)) return;
    if (!planned.has(key)) planned.set(key, performance.now());
    writesUntilPlanned.set(repo, ours().filter((other) => other.repo === repo).length);
  }

  return {
    async labelAll() {
      await Promise.all(issues.map(({ repo, number }) => person.label(repo, number, "aicd")));
    },
    /** When each issue's first plan comment was made. */
    planned: () => planned,
    /** Writes to each repository until its last plan comment. */
    writesUntilPlanned: () => writesUntilPlanned,
    writes: () => ours().length,
    timeline: () =>
      ours().map((e) =>
        [
          e.at.slice(17, 23),
          e.route.slice(-40),
          e.params.issue_number ?? "",
          (JSON.stringify(e.body) ?? "").slice(0, 30),
        ].join(" "),
      ),
    /** Comments that say a thing again that stands there: stickies and plans, beyond the first of each issue. */
    doubled() {
      const seen = new Map<string, number>();
      for (const entry of ours()) {
        const key = commentedOn(entry);
        const text = (entry.body as { body?: string } | undefined)?.body ?? "";
        if (key === undefined) continue;
        const what = `${key} ${text.includes(STATUS) ? "status" : text.slice(0, 60)}`;
        seen.set(what, (seen.get(what) ?? 0) + 1);
      }
      return [...seen.values()].reduce((sum, count) => sum + count - 1, 0);
    },
    timeouts: () => timeouts,
    async stop() {
      clearInterval(watching);
      await server.stop();
      await github.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** `owner/name#number` for a new comment; undefined for every other write. */
function commentedOn({ method, route, repo, params }: LedgerEntry): string | undefined {
  if (method !== "POST" || !route.endsWith("/issues/{issue_number}/comments")) return undefined;
  return `${repo}#${params.issue_number}`;
}
