import { createAppAuth } from "@octokit/auth-app";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Client,
  commitOnBranch,
  headOf,
  NAME,
  openScene,
  REPO,
  refusal,
  type Scene,
} from "../testing/scene.ts";

let scene: Scene;
let head: string;

beforeAll(async () => {
  scene = await openScene();
  head = await headOf(scene.octokit, "main");
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

const BUTTON = { label: "Approve", description: "Accept the plan", identifier: "approve" };

describe("a check run", () => {
  it("goes from queued to its conclusion and shows what it found", async () => {
    const { data: queued } = await scene.octokit.rest.checks.create({
      ...REPO,
      name: "AI-CD / run",
      head_sha: head,
    });
    await scene.octokit.rest.checks.update({
      ...REPO,
      check_run_id: Number(queued.id),
      status: "in_progress",
    });
    const { data: done } = await scene.octokit.rest.checks.update({
      ...REPO,
      check_run_id: Number(queued.id),
      conclusion: "neutral",
      output: { title: "Plan", summary: "Three files" },
    });

    expect([queued.status, queued.conclusion]).toEqual(["queued", null]);
    expect(done).toMatchObject({
      status: "completed",
      conclusion: "neutral",
      output: { title: "Plan", summary: "Three files" },
      app: { slug: "ai-cd" },
    });
    expect(done.completed_at).not.toBeNull();
  });

  it("is listed by its newest version unless all are asked for", async () => {
    const sha = await commitOnBranch(scene.octokit, "twice-checked", { "a.txt": "a" });
    for (const conclusion of ["failure", "success"] as const) {
      await scene.octokit.rest.checks.create({ ...REPO, name: "again", head_sha: sha, conclusion });
    }

    const newest = await scene.octokit.rest.checks.listForRef({ ...REPO, ref: "twice-checked" });
    const all = await scene.octokit.rest.checks.listForRef({ ...REPO, ref: sha, filter: "all" });

    expect(newest.data.check_runs.map((run) => run.conclusion)).toEqual(["success"]);
    expect(all.data.total_count).toBe(2);
  });

  it("tells its App which button a person pressed", async () => {
    const { data } = await scene.octokit.rest.checks.create({
      ...REPO,
      name: "Plan",
      head_sha: head,
      conclusion: "action_required",
      actions: [BUTTON],
    });
    const heard = scene.github.next("delivery", (each) => each.action === "requested_action");

    await scene.github.as("ada").pressCheckButton(NAME, Number(data.id), "approve");

    expect(JSON.parse((await heard).payload)).toMatchObject({
      requested_action: { identifier: "approve" },
      check_run: { id: data.id, name: "Plan" },
      sender: { login: "ada" },
    });
    await expect(scene.github.as("ada").pressCheckButton(NAME, Number(data.id), "nope")).rejects.toThrow(
      "no button",
    );
  });

  it.each([
    ["a fourth button", Array(4).fill(BUTTON)],
    ["a label of more than 20 characters", [{ ...BUTTON, label: "x".repeat(21) }]],
    ["a description of more than 40 characters", [{ ...BUTTON, description: "x".repeat(41) }]],
  ])("is refused with %s", async (_what, actions) => {
    const said = await refusal(
      scene.octokit.rest.checks.create({ ...REPO, name: "Too much", head_sha: head, actions }),
    );

    expect(said.status).toBe(422);
  });

  it("takes 50 annotations in one call, adds those of the next, and refuses more", async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        ...{ path: "README.md", start_line: at + 1, end_line: at + 1 },
        ...{ annotation_level: "notice" as const, message: `${at}` },
      }));
    const output = (count: number) => ({ title: "Many", summary: "", annotations: many(count) });
    const { data } = await scene.octokit.rest.checks.create({
      ...{ ...REPO, name: "Annotated", head_sha: head, output: output(50) },
    });
    const check_run_id = Number(data.id);

    const { data: more } = await scene.octokit.rest.checks.update({
      ...{ ...REPO, check_run_id, output: output(3) },
    });
    const said = await refusal(
      scene.octokit.rest.checks.update({ ...REPO, check_run_id, output: output(51) }),
    );

    expect([data.output.annotations_count, more.output.annotations_count]).toEqual([50, 53]);
    expect(said.status).toBe(422);
  });

  it("is not completed without a conclusion, and one that is may be at work again", async () => {
    const { data } = await scene.octokit.rest.checks.create({
      ...{ ...REPO, name: "Again", head_sha: head, conclusion: "neutral" },
    });
    const check_run_id = Number(data.id);

    const said = await refusal(
      scene.octokit.request("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
        ...{ ...REPO, check_run_id, status: "completed" },
      } as never),
    );
    const { data: again } = await scene.octokit.rest.checks.update({
      ...{ ...REPO, check_run_id, status: "in_progress" },
    });

    expect(said.status).toBe(422);
    expect([again.status, again.conclusion, again.completed_at]).toEqual(["in_progress", null, null]);
  });

  it("is pressed by those who see it, and run again by those who may write", async () => {
    const { data } = await scene.octokit.rest.checks.create({
      ...{ ...REPO, name: "Pressed", head_sha: head, conclusion: "neutral", actions: [BUTTON] },
    });
    const eve = scene.github.as("eve");
    const heard = scene.github.next("delivery", (each) => each.action === "requested_action");

    await eve.pressCheckButton(NAME, Number(data.id), "approve");

    expect(JSON.parse((await heard).payload)).toMatchObject({ sender: { login: "eve" } });
    await expect(eve.rerunCheck(NAME, Number(data.id))).rejects.toThrow("no write access");
  });

  it("is told to every App that may write checks, whether or not it subscribed", async () => {
    const told = async (name: string, checks: "read" | "write") => {
      const app = await scene.github.registerApp({
        ...{ name, permissions: { checks }, events: [], webhookUrl: "http://127.0.0.1:9/" },
      });
      const { installationId } = await scene.github.installApp(app, "octo", [NAME]);
      return () => scene.github.deliveries.filter((each) => each.installationId === installationId);
    };
    const [writer, reader] = [await told("Writer", "write"), await told("Reader", "read")];

    const { data } = await scene.octokit.rest.checks.create({ ...REPO, name: "Heard", head_sha: head });
    await scene.github.settled();

    expect(Number(data.id)).toBeGreaterThan(0);
    expect(writer().map(({ event, action }) => `${event}.${action}`)).toContain("check_run.created");
    expect(reader().map(({ event }) => event)).not.toContain("check_run");
  });

  it("ends its suite when it is the last to end, and the suite is as bad as the worst", async () => {
    const sha = await commitOnBranch(scene.octokit, "suited", { "suited.txt": "s" });
    const suites = () => scene.github.deliveries.filter(({ event }) => event === "check_suite");
    const before = suites().length;
    const make = (name: string) => scene.octokit.rest.checks.create({ ...REPO, name, head_sha: sha });
    const end = (id: number, conclusion: "failure" | "success") =>
      scene.octokit.rest.checks.update({ ...REPO, check_run_id: id, conclusion });
    const [one, two] = [await make("one"), await make("two")];

    const { data: first } = await end(Number(one.data.id), "failure");
    await scene.github.settled();
    const early = suites().length - before;
    await end(Number(two.data.id), "success");
    await scene.github.settled();

    const { data } = await scene.octokit.rest.checks.get({ ...REPO, check_run_id: Number(first.id) });
    const told = suites().slice(before);
    expect(early).toBe(0);
    expect(new Set(told.map(({ action }) => action))).toEqual(new Set(["completed"]));
    expect(JSON.parse(told[0]?.payload ?? "{}")).toMatchObject({
      check_suite: { conclusion: "failure", head_sha: sha, latest_check_runs_count: 2 },
    });
    expect(data.check_suite?.id).toBe(JSON.parse(told[0]?.payload ?? "{}").check_suite.id);
  });

  it("on a commit that is not there is refused", async () => {
    const said = await refusal(
      scene.octokit.rest.checks.create({ ...REPO, name: "Nowhere", head_sha: "0".repeat(40) }),
    );

    expect(said.status).toBe(422);
  });

  it("belongs to Apps: a person cannot make one, another App cannot change it", async () => {
    const other = await scene.github.registerApp({
      name: "CI",
      permissions: { checks: "write" },
      events: [],
    });
    const { installationId } = await scene.github.installApp(other, "octo", [NAME]);
    const auth = { appId: other.appId, privateKey: other.privateKeyPem, installationId };
    const ci = new Client({ baseUrl: scene.github.url, authStrategy: createAppAuth, auth });
    const ada = new Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor("ada") });
    const { data } = await scene.octokit.rest.checks.create({ ...REPO, name: "Mine", head_sha: head });

    const byPerson = await refusal(ada.rest.checks.create({ ...REPO, name: "x", head_sha: head }));
    const byOther = await refusal(
      ci.rest.checks.update({ ...REPO, check_run_id: Number(data.id), conclusion: "success" }),
    );

    expect([byPerson.status, byOther.status]).toEqual([403, 403]);
  });
});
