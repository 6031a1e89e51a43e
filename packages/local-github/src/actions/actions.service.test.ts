import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WorkflowRun } from "../index.ts";
import { Client, headOf, NAME, openScene, REPO, refusal, type Scene } from "../testing/scene.ts";

let scene: Scene;
let outside: string;

const FIXTURES = join(import.meta.dirname, "fixtures");

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), "local-github-outside-"));
  scene = await openScene({
    from: join(FIXTURES, "repository"),
  });
  await scene.github.createRepository("octo", "action", { from: join(FIXTURES, "action"), tags: ["v1"] });
  scene.github.setSecret(NAME, "API_KEY", "sk-very-secret-value");
  scene.github.setVariable(NAME, "COLOUR", "green");
  scene.github.setVariable(NAME, "OUTSIDE", outside);
  scene.github.setVariable(NAME, "TOOLKIT", import.meta.resolve("@actions/core"));
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
  await rm(outside, { recursive: true, force: true });
  expect(scene.github.unexpected).toEqual([]);
});

/** A process that ended but was not collected by its new parent yet is as dead as one that was. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  return stat !== "" && !/\) Z/.test(stat);
}

function start(file: string, inputs: Record<string, string> = {}): Promise<unknown> {
  return scene.octokit.rest.actions.createWorkflowDispatch({
    ...REPO,
    workflow_id: file,
    ref: "main",
    inputs,
  });
}

/** The run that a dispatch started, once it is over. */
async function finish(file: string, inputs: Record<string, string> = {}): Promise<WorkflowRun> {
  const over = scene.github.next(
    "run",
    (run) => run.workflow.path.endsWith(`/${file}`) && run.status === "completed",
  );
  await start(file, inputs);
  return over;
}

function logOf(run: WorkflowRun): string {
  return run.jobs.map((job) => job.log).join("");
}

describe("a dispatched run", () => {
  it("has the environment of a hosted runner and nothing of this process", async () => {
    process.env.LOCAL_GITHUB_TEST_CANARY = "must not be seen";
    const run = await finish("env.yml", { "attempt-id": "att_1" });
    delete process.env.LOCAL_GITHUB_TEST_CANARY;

    const log = logOf(run);
    const sha = await headOf(scene.octokit, "main");
    expect(run.conclusion).toBe("success");
    expect(log).not.toContain("CANARY");
    for (const line of [
      "CI=true",
      "GITHUB_ACTIONS=true",
      "GITHUB_ACTOR=ai-cd[bot]",
      "GITHUB_EVENT_NAME=workflow_dispatch",
      "GITHUB_REF=refs/heads/main",
      `GITHUB_REPOSITORY=${NAME}`,
      "GITHUB_REPOSITORY_OWNER=octo",
      "GITHUB_RUN_ATTEMPT=1",
      `GITHUB_RUN_ID=${run.id}`,
      `GITHUB_SHA=${sha}`,
      `GITHUB_SERVER_URL=${scene.github.url}`,
      `GITHUB_WORKFLOW_REF=${NAME}/.github/workflows/env.yml@refs/heads/main`,
      "RUNNER_ENVIRONMENT=github-hosted",
    ]) {
      expect(log.split("\n")).toContain(line);
    }
    expect(log).not.toContain("ACTIONS_ID_TOKEN_REQUEST");
    expect(log).toContain('"attempt-id": "att_1"');
    expect(log).toContain('"mode": "leased"');
  });

  it("checks the code out without leaving its token behind when told so", async () => {
    const run = await finish("env.yml", { "attempt-id": "att_2" });

    expect(logOf(run)).toContain("no credentials");
    expect(logOf(run)).toContain("# Demo");
  });

  it("gives an action its inputs, outputs, state, summary and an identity others can verify", async () => {
    const run = await finish("action.yml");

    const [job] = run.jobs;
    expect(run.problem ?? logOf(run)).toContain("from outputs given|octo/demo|true");
    expect(logOf(run)).toContain("post: behind");
    expect(job?.summary).toContain("<h1>Report</h1>");
    expect(job?.steps.at(-1)?.outputs).toEqual({ answer: "42" });
    const discovery = (await (
      await fetch(`${scene.github.oidc.issuer}/.well-known/openid-configuration`)
    ).json()) as {
      jwks_uri: string;
    };
    const { payload } = await jwtVerify(
      job?.steps[0]?.outputs["id-token"] ?? "",
      createRemoteJWKSet(new URL(discovery.jwks_uri)),
      {
        issuer: scene.github.oidc.issuer,
        audience: "https://plane.example",
        algorithms: ["RS256"],
      },
    );
    expect(payload).toMatchObject({
      sub: "repo:octo/demo:ref:refs/heads/main",
      repository: NAME,
      repository_id: String(run.repository.id),
      run_id: String(run.id),
      run_attempt: "1",
      ref: "refs/heads/main",
      event_name: "workflow_dispatch",
      workflow_ref: `${NAME}/.github/workflows/action.yml@refs/heads/main`,
      job_workflow_ref: `${NAME}/.github/workflows/action.yml@refs/heads/main`,
      runner_environment: "github-hosted",
      head_ref: "",
    });
    expect(payload).not.toHaveProperty("environment");
    expect(Number(payload.exp) - Number(payload.iat)).toBe(300);
  });

  it("can be forged for a test, with the wrong key or no signature at all", async () => {
    const jwks = createLocalJWKSet(
      (await (await fetch(`${scene.github.oidc.issuer}/.well-known/jwks`)).json()) as never,
    );
    const good = await scene.github.oidc.sign({ sub: "x" });
    const unsigned = await scene.github.oidc.sign({ sub: "x" }, { alg: "none" });
    const symmetric = await scene.github.oidc.sign(
      { sub: "x" },
      { alg: "HS256", key: new TextEncoder().encode("k".repeat(32)) },
    );

    expect((await jwtVerify(good, jwks)).payload.sub).toBe("x");
    await expect(jwtVerify(unsigned, jwks)).rejects.toThrow();
    await expect(jwtVerify(symmetric, jwks)).rejects.toThrow();
  });

  it("fails with its exit code, skips what follows, and still runs what waits for failure", async () => {
    const run = await finish("fail.yml");

    expect(run.conclusion).toBe("failure");
    expect(run.jobs[0]?.steps.map((step) => step.conclusion)).toEqual(["failure", "skipped", "success"]);
    expect(logOf(run)).toContain("exit code 3");
    expect(logOf(run)).not.toContain("never");
    const jobs = await scene.octokit.rest.actions.listJobsForWorkflowRun({ ...REPO, run_id: run.id });
    expect(jobs.data.jobs[0]).toMatchObject({ conclusion: "failure", runner_name: expect.any(String) });
  });

  it("leaves its log in a storage that wants the signed address, and no token of GitHub's", async () => {
    const run = await finish("fail.yml");
    const job_id = run.jobs[0]?.id ?? 0;

    const { headers, status } = await scene.octokit.rest.actions.downloadJobLogsForWorkflowRun({
      ...{ ...REPO, job_id, request: { redirect: "manual" } },
    });
    const address = headers.location ?? "";
    const log = await (await fetch(address)).text();
    const withToken = await fetch(address, { headers: { authorization: "Bearer x" } });
    const unsigned = await fetch(new URL(address).origin + new URL(address).pathname);

    expect(status).toBe(302);
    expect(log).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z ##\[error\]Process completed with exit code 3\.\r$/m);
    expect([withToken.status, unsigned.status]).toEqual([401, 403]);
  });

  it("is ended by its time limit", async () => {
    const run = await finish("slow.yml");

    expect([run.conclusion, run.jobs[0]?.conclusion]).toEqual(["failure", "timed_out"]);
  });

  it("that this runner cannot carry out fails with the reason", async () => {
    const run = await finish("unsupported.yml");

    expect(run.conclusion).toBe("startup_failure");
    expect(run.problem).toContain('jobs.run uses "strategy"');
  });

  it("hides secrets in its log and shows variables", async () => {
    const run = await finish("secret.yml");

    expect(logOf(run)).toContain("key is *** and var is green");
  });

  it("keeps files as artifacts, under names that are taken once", async () => {
    const run = await finish("artifact.yml");

    expect(run.jobs[0]?.steps.map((step) => step.conclusion)).toEqual([
      "failure",
      "success",
      "success",
      "failure",
    ]);
    expect(logOf(run)).toContain("No files were found with the provided path: not-there");
    expect(run.jobs[0]?.artifacts.map(({ name, files }) => [name, String(files[0]?.content)])).toEqual([
      ["one", "one\n"],
    ]);
    const { data } = await scene.octokit.rest.actions.listWorkflowRunArtifacts({ ...REPO, run_id: run.id });
    expect(data).toMatchObject({ total_count: 1, artifacts: [{ name: "one", size_in_bytes: 4 }] });
  });

  it("hands outputs from one job to the next", async () => {
    const run = await finish("two.yml");

    expect(logOf(run)).toContain("publishing aicd/1");
  });

  it("tells the App that it was requested, is running and is over", async () => {
    const before = scene.github.deliveries.length;
    await finish("secret.yml");
    await scene.github.settled();

    const told = scene.github.deliveries.slice(before).filter((each) => each.event === "workflow_run");
    expect(told.map((each) => each.action)).toEqual(["requested", "in_progress", "completed"]);
    expect(JSON.parse(told.at(-1)?.payload ?? "{}")).toMatchObject({
      workflow_run: { conclusion: "success" },
    });
  });
});

describe("the token of a job", () => {
  it("may do what the workflow says, nothing else, and nothing once the job is over", async () => {
    const run = await finish("token.yml");

    expect(logOf(run)).toContain("issue 201");
    expect(logOf(run)).toContain("ref 403");
    const entry = scene.github.ledger.find(
      (each) => (each.body as { title?: string })?.title === "from a job",
    );
    expect(entry).toMatchObject({ actor: "github-actions[bot]", tokenKind: "job" });
    const late = new Client({
      baseUrl: scene.github.url,
      auth: await readFile(join(outside, "job-token"), "utf8"),
    });
    expect((await refusal(late.rest.repos.get(REPO))).status).toBe(401);
  });
});

describe("cancelling", () => {
  it("ends every process the run has started, even one that left its group", async () => {
    const running = scene.github.next(
      "run",
      (run) => run.workflow.path.endsWith("/sleep.yml") && run.status === "in_progress",
    );
    await start("sleep.yml");
    const run = await running;
    await expect
      .poll(async () =>
        existsSync(join(outside, "pids")) ? await readFile(join(outside, "pids"), "utf8") : "",
      )
      .toMatch(/\d+\n\d+\n/);
    const pids = (await readFile(join(outside, "pids"), "utf8")).trim().split("\n").map(Number);

    const over = scene.github.next("run", (each) => each === run && each.status === "completed");
    const { status } = await scene.octokit.rest.actions.cancelWorkflowRun({ ...REPO, run_id: run.id });
    await over;

    expect([status, run.conclusion]).toEqual([202, "cancelled"]);
    for (const pid of pids) await expect.poll(() => isAlive(pid)).toBe(false);
    expect(
      (await refusal(scene.octokit.rest.actions.cancelWorkflowRun({ ...REPO, run_id: run.id }))).status,
    ).toBe(409);
  });
});

describe("a concurrency group", () => {
  it("with a queue runs one after the other in the order of dispatch", async () => {
    for (const n of ["1", "2", "3"]) await start("queue.yml", { n });
    await scene.github.settled();

    expect(await readFile(join(outside, "order"), "utf8")).toBe("1\n2\n3\n");
  });

  it("without one keeps a single run waiting and cancels the older", async () => {
    const before = scene.github.runs(NAME).length;
    for (let count = 0; count < 3; count += 1) await start("replace.yml");
    await scene.github.settled();

    const runs = scene.github.runs(NAME).slice(before);
    expect(runs.map((run) => run.conclusion)).toEqual(["success", "cancelled", "success"]);
  });
});

describe("dispatching", () => {
  it("gives the run's id when asked for it", async () => {
    const { data, status } = await scene.octokit.request(
      "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
      { ...REPO, workflow_id: "secret.yml", ref: "main", return_run_details: true },
    );

    expect(status).toBe(200);
    expect(data).toMatchObject({ workflow_run_id: scene.github.runs(NAME).at(-1)?.id });
    await scene.github.settled();
  });

  it.each([
    ["of a workflow that is not there", "nope.yml", "main", {}, 404, "Not Found"],
    ["on a branch that is not there", "env.yml", "nope", { "attempt-id": "x" }, 422, "No ref found"],
    ["without a required input", "env.yml", "main", {}, 422, "Required input 'attempt-id' not provided"],
    [
      "with an unknown input",
      "env.yml",
      "main",
      { "attempt-id": "x", nope: "y" },
      422,
      'Unexpected inputs provided: ["nope"]',
    ],
    ["of a workflow that does not listen", "listen.yml", "main", {}, 422, "workflow_dispatch"],
  ])("%s is refused", async (_what, workflow_id, ref, inputs, status, message) => {
    const said = await refusal(
      scene.octokit.rest.actions.createWorkflowDispatch({ ...REPO, workflow_id, ref, inputs }),
    );

    expect(said.status).toBe(status);
    expect(said.message).toContain(message);
  });

  it("by repository event starts the workflows that listen for the type", async () => {
    const over = scene.github.next(
      "run",
      (run) => run.event === "repository_dispatch" && run.status === "completed",
    );
    await scene.octokit.rest.repos.createDispatchEvent({
      ...REPO,
      event_type: "aicd",
      client_payload: { issue: 7 },
    });
    const run = await over;
    const before = scene.github.runs(NAME).length;
    await scene.octokit.rest.repos.createDispatchEvent({ ...REPO, event_type: "other" });

    expect(logOf(run)).toContain("got 7 by aicd");
    expect(scene.github.runs(NAME)).toHaveLength(before);
  });

  it("with more than ten payload keys is refused", async () => {
    const client_payload = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`k${at}`, at]));

    const said = await refusal(
      scene.octokit.rest.repos.createDispatchEvent({ ...REPO, event_type: "aicd", client_payload }),
    );

    expect(said.status).toBe(422);
  });
});
