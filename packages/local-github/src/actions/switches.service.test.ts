import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Client, NAME, openScene, REPO, refusal, type Scene } from "../testing/scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene({ from: join(import.meta.dirname, "fixtures/repository") });
});

afterEach(() => {
  scene.github.releaseRunners();
  scene.github.enableActions(NAME);
  scene.github.refillMinutes("octo");
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

const dispatch = (workflow: string, inputs: Record<string, string> = {}) =>
  scene.octokit.rest.actions.createWorkflowDispatch({ ...REPO, workflow_id: workflow, ref: "main", inputs });
const newest = () => {
  const run = scene.github.runs(NAME).at(-1);
  if (!run) throw new Error("there is no run");
  return run;
};
const ended = (id: number) => scene.github.next("run", (run) => run.id === id && run.status === "completed");
const told = async (action: string) => {
  await scene.github.settled();
  return scene.github.deliveries
    .filter((each) => each.event === "workflow_run" && each.action === action)
    .map((each) => JSON.parse(each.payload))
    .filter((each) => each.workflow_run.id === newest().id);
};

describe("a dispatch", () => {
  it.each([
    [
      "to a repository without Actions",
      () => scene.github.disableActions(NAME),
      "Actions has been disabled for this repository.",
    ],
    [
      "of a disabled workflow",
      () => scene.github.disableWorkflow(NAME, "fail.yml"),
      "Cannot trigger a 'workflow_dispatch' on a disabled workflow",
    ],
  ])("%s is refused with the reason", async (_which, happens, message) => {
    const before = scene.github.runs(NAME).length;
    happens();

    const said = await refusal(dispatch("fail.yml"));
    scene.github.enableWorkflow(NAME, "fail.yml");

    expect(said).toEqual({ status: 422, message, errors: undefined });
    expect(scene.github.runs(NAME)).toHaveLength(before);
  });

  it.each([
    [
      "26 inputs",
      Object.fromEntries(Array.from({ length: 26 }, (_, at) => [`input-${at}`, "x"])),
      "Invalid request.\n\nNo more than 25 properties are allowed; 26 were supplied.",
    ],
    ["inputs of 65,536 characters together", { name: "x".repeat(65_525) }, "inputs are too large."],
  ])("with %s is refused", async (_what, inputs, message) => {
    expect(await refusal(dispatch("fail.yml", inputs))).toEqual({ status: 422, message, errors: undefined });
  });

  it("of a repository event says how its payload is too large", async () => {
    const send = (payload: Record<string, unknown>) =>
      refusal(
        scene.octokit.rest.repos.createDispatchEvent({ ...REPO, event_type: "x", client_payload: payload }),
      );

    expect((await send({ text: "x".repeat(65_536) })).message).toBe("client_payload is too large.");
    expect(
      (await send(Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`k${at}`, 1])))).message,
    ).toBe("Invalid request.\n\nNo more than 10 properties are allowed; 12 were supplied.");
  });

  it("of a workflow that was disabled by the API works once it is enabled", async () => {
    const call = { ...REPO, workflow_id: "fail.yml" };
    await scene.octokit.rest.actions.disableWorkflow(call);
    const { data } = await scene.octokit.rest.actions.getWorkflow(call);
    await scene.octokit.rest.actions.enableWorkflow(call);

    await dispatch("fail.yml");
    await ended(newest().id);

    expect(data.state).toBe("disabled_manually");
  });
});

describe("a run", () => {
  it("stays queued while no runner takes its job", async () => {
    scene.github.holdRunners();
    await dispatch("fail.yml");
    const run = newest();
    await expect.poll(() => run.jobs.length).toBe(1);
    const { data } = await scene.octokit.rest.actions.getWorkflowRun({ ...REPO, run_id: run.id });
    const over = ended(run.id);

    scene.github.releaseRunners();
    await over;

    expect([data.status, data.conclusion]).toEqual(["queued", null]);
    expect(run.conclusion).toBe("failure");
  });

  it("that is cancelled by a person says by whom", async () => {
    scene.github.holdRunners();
    await dispatch("fail.yml");
    const run = newest();
    const over = ended(run.id);

    scene.github.cancelRun(run.id, "ada");
    await over;

    const [payload] = await told("completed");
    expect(payload.workflow_run).toMatchObject({ conclusion: "cancelled", actor: { login: "ai-cd[bot]" } });
    expect(payload.sender.login).toBe("ada");
  });

  it("that is run again keeps its id, counts the attempt and is not requested twice", async () => {
    await dispatch("fail.yml");
    const run = newest();
    await ended(run.id);
    const first = run.jobs[0]?.id;
    const again = ended(run.id);

    scene.github.rerun(run.id, { by: "ada" });
    await again;

    const { data } = await scene.octokit.rest.actions.getWorkflowRun({ ...REPO, run_id: run.id });
    const before = await scene.octokit.rest.actions.getWorkflowRunAttempt({
      ...REPO,
      run_id: run.id,
      attempt_number: 1,
    });
    const jobs = await scene.octokit.rest.actions.listJobsForWorkflowRunAttempt({
      ...REPO,
      run_id: run.id,
      attempt_number: 1,
    });
    expect(data).toMatchObject({
      run_attempt: 2,
      triggering_actor: { login: "ada" },
      actor: { login: "ai-cd[bot]" },
      previous_attempt_url: expect.stringMatching(/\/attempts\/1$/),
    });
    expect([before.data.run_attempt, before.data.conclusion]).toEqual([1, "failure"]);
    expect(jobs.data.jobs.map((job) => job.id)).toEqual([first]);
    expect([(await told("requested")).length, (await told("completed")).length]).toEqual([1, 2]);
  });

  it("whose failed jobs are run again keeps what succeeded", async () => {
    await dispatch("two.yml");
    const run = newest();
    await ended(run.id);
    const again = ended(run.id);
    const log = run.jobs[0]?.log;

    await scene.octokit.rest.actions.reRunWorkflowFailedJobs({ ...REPO, run_id: run.id });
    await again;

    expect([run.attempt, run.conclusion, run.jobs[0]?.log]).toEqual([2, "success", log]);
    expect(run.jobs[0]?.log).not.toBe("");
  });

  it("that is going on is not run again", async () => {
    scene.github.holdRunners();
    await dispatch("fail.yml");
    const run = newest();

    const said = await refusal(scene.octokit.rest.actions.reRunWorkflow({ ...REPO, run_id: run.id }));
    const over = ended(run.id);
    await scene.octokit.rest.actions.forceCancelWorkflowRun({ ...REPO, run_id: run.id });
    await over;

    expect([said.status, said.message]).toEqual([403, "This workflow is already running"]);
  });

  it("without minutes fails before it starts, and its job says why", async () => {
    scene.github.useUpMinutes("octo");
    const over = scene.github.next("run", (run) => run.status === "completed");
    await dispatch("fail.yml");
    await over;
    const run = newest();
    const ada = new Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor("ada") });

    const { data } = await scene.octokit.rest.actions.listJobsForWorkflowRun({ ...REPO, run_id: run.id });
    const said = await ada.rest.checks.listAnnotations({ ...REPO, check_run_id: data.jobs[0]?.id ?? 0 });

    expect(data.jobs).toMatchObject([{ conclusion: "failure", steps: [] }]);
    expect(said.data).toMatchObject([
      {
        annotation_level: "failure",
        message: expect.stringContaining("account payments have failed or your spending limit"),
      },
    ]);
  });
});
