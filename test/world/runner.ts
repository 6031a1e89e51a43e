import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { IAgent } from "@aicd/core";
import type { LedgerEntry } from "@aicd/local-github";
import { createRunnerClient, type RunnerClient } from "@aicd/protocol";
import { type AttemptReport, runAttempt } from "@aicd/runner";
import { ORG, REPO, type World } from "./world.ts";

const exec = promisify(execFile);

export type Dispatched = { attemptId: string; runKey: string; runId: number };

/** The write number `after` that fits, made already or still to come. */
export async function written(
  world: World,
  fits: (entry: LedgerEntry) => boolean,
  after = 0,
): Promise<LedgerEntry> {
  const found = () => world.github.ledger.filter(fits)[after];
  if (found() === undefined) await world.github.next("write", () => found() !== undefined);
  const entry = found();
  if (entry === undefined) throw new Error("the ledger lost a write");
  return entry;
}

/** The dispatch number `after` that the control plane makes. */
export async function dispatched(world: World, after = 0): Promise<Dispatched> {
  const entry = await written(world, ({ route }) => /workflows\/.*dispatches$/.test(route), after);
  const { inputs } = entry.body as { inputs: Record<string, string> };
  const runKey = inputs["run-key"] ?? "";
  const run = world.github.runs(REPO).find((candidate) => candidate.displayTitle.includes(runKey));
  return { attemptId: inputs["attempt-id"] ?? "", runKey, runId: run?.id ?? 0 };
}

/** Run number `number` that the control plane starts for an issue, however busy other issues keep it. */
export async function runOf(world: World, issueNumber: number, number = 1): Promise<Dispatched> {
  for (;;) {
    const more = world.github.next("write");
    const { rows } = await world.database.pool.query<{ id: string; run_key: string }>(
      `SELECT a.id, a.run_key FROM attempts a JOIN tasks t ON (t.tenant_id, t.id) = (a.tenant_id, a.task_id)
       WHERE t.issue_number = $1 AND a.number = $2`,
      [issueNumber, number],
    );
    const { id: attemptId = "", run_key: runKey = "none yet" } = rows[0] ?? {};
    const run = world.github.runs(REPO).find(({ displayTitle }) => displayTitle.includes(runKey));
    if (run !== undefined) {
      more.catch(() => undefined);
      return { attemptId, runKey, runId: run.id };
    }
    await more;
  }
}

let serial = 0;

/** Claims GitHub would issue to the dispatched run; a test changes what it wants refused. */
async function claimsOf(world: World, run: Dispatched): Promise<Record<string, unknown>> {
  const answer = await fetch(`${world.github.url}/repos/${REPO}`, {
    headers: { authorization: `Bearer ${world.person.token}` },
  });
  const repository = (await answer.json()) as { id: number; owner: { id: number } };
  const started = world.github.runs(REPO).find(({ id }) => id === run.runId);
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: world.github.oidc.issuer,
    aud: world.url,
    sub: `repo:${REPO}:ref:refs/heads/main`,
    jti: `jti-${process.pid}-${serial++}`,
    iat: now,
    nbf: now,
    exp: now + 300,
    repository: REPO,
    repository_id: String(repository.id),
    repository_owner: ORG,
    repository_owner_id: String(repository.owner.id),
    event_name: "workflow_dispatch",
    ref: "refs/heads/main",
    workflow_ref: `${REPO}/.github/workflows/aicd.yml@refs/heads/main`,
    workflow_sha: started?.sha ?? "0".repeat(40),
    run_id: String(run.runId),
    run_attempt: "1",
    runner_environment: "github-hosted",
  };
}

export function clientOf(world: World): RunnerClient {
  return createRunnerClient({ url: world.url });
}

export async function tokenFor(
  world: World,
  run: Dispatched,
  change: Record<string, unknown> = {},
): Promise<string> {
  return world.github.oidc.sign({ ...(await claimsOf(world, run)), ...change });
}

async function cloneFor(world: World): Promise<{ workspaceDir: string; tempDir: string }> {
  const directory = await mkdtemp(join(world.directory, "runner-"));
  const workspaceDir = join(directory, "workspace");
  const tempDir = join(directory, "temp");
  await mkdir(tempDir);
  const remote = new URL(`/${REPO}.git`, world.github.url);
  remote.username = "x-access-token";
  remote.password = world.person.token;
  await exec("git", ["clone", "--quiet", remote.href, workspaceDir]);
  return { workspaceDir, tempDir };
}

/** A workflow run in a process of its own, with a clone of its own and the models the server offers. */
export async function startRunner(world: World, run: Dispatched): Promise<ChildProcess> {
  const { workspaceDir, tempDir } = await cloneFor(world);
  const script = join(import.meta.dirname, "runner-process.ts");
  const token = await tokenFor(world, run);
  return spawn(
    process.execPath,
    [script, world.url, token, run.attemptId, run.runKey, workspaceDir, tempDir],
    { env: { PATH: process.env.PATH ?? "" }, stdio: ["ignore", "ignore", "inherit"] },
  );
}

/** Plays a workflow run in this process: a real clone, the real runner, any agent. */
export async function playRunner(world: World, run: Dispatched, agent: IAgent): Promise<AttemptReport> {
  const { workspaceDir, tempDir } = await cloneFor(world);
  const report = await runAttempt({
    client: clientOf(world),
    oidcToken: () => tokenFor(world, run),
    attemptId: run.attemptId,
    runKey: run.runKey,
    workspaceDir,
    tempDir,
    path: "/usr/local/bin:/usr/bin:/bin",
    createAgent: () => agent,
    signal: new AbortController().signal,
    log: () => undefined,
  });
  world.github.releaseRun(run.runId);
  return report;
}

/** Writes on the thread of one issue that fit. */
export function onThread(issueNumber: number, fits: (entry: LedgerEntry) => boolean) {
  return (entry: LedgerEntry) => entry.params.issue_number === String(issueNumber) && fits(entry);
}

/** The hash of plan number `after` as the thread asks for its approval. */
export async function planHash(world: World, after = 0): Promise<string> {
  const entry = await written(world, (candidate) => hashIn(candidate) !== undefined, after);
  return hashIn(entry) ?? "";
}

export function hashIn(entry: LedgerEntry): string | undefined {
  const { body } = (entry.body ?? {}) as { body?: unknown };
  return typeof body === "string" ? /`\/aicd approve ([0-9a-f]{12})`, or/.exec(body)?.[1] : undefined;
}
