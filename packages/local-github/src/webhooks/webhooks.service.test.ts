import { verify } from "@octokit/webhooks-methods";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client, NAME, openScene, REPO, refusal, type Scene } from "../testing/scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(async () => {
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

describe("a delivery", () => {
  it("is signed over the bytes that are sent and names its target", async () => {
    const arrived = scene.github.next("delivery", (each) => each.event === "issues");
    await scene.github.as("ada").openIssue(NAME, { title: "Überraschung ✓" });
    const delivery = await arrived;

    const got = scene.received.find((each) => each.headers["x-github-delivery"] === delivery.guid);
    const signature = String(got?.headers["x-hub-signature-256"]);
    expect(await verify("a secret", got?.body.toString() ?? "", signature)).toBe(true);
    expect(await verify("another", got?.body.toString() ?? "", signature)).toBe(false);
    expect(got?.headers).toMatchObject({
      "x-github-event": "issues",
      "x-github-hook-installation-target-id": String(scene.app.appId),
      "x-github-hook-installation-target-type": "integration",
      "user-agent": expect.stringMatching(/^GitHub-Hookshot\//),
      "content-type": "application/json",
    });
  });

  it("greets a new App with a ping and an installation with its repositories", () => {
    const events = scene.received.map((each) => each.headers["x-github-event"]);
    const installed = scene.received.find((each) => each.headers["x-github-event"] === "installation");

    expect(events).toContain("ping");
    expect(JSON.parse(installed?.body.toString() ?? "{}")).toMatchObject({
      action: "created",
      installation: { id: scene.installationId, app_id: scene.app.appId },
      repositories: [{ full_name: NAME }],
    });
  });

  it("that fails is not tried again, is listed, and goes out again under the same id when asked", async () => {
    scene.answerWith.status = 500;
    const failed = scene.github.next("delivery", (each) => each.statusCode === 500);
    await scene.github.as("ada").openIssue(NAME, { title: "Lost" });
    const { id, guid } = await failed;
    await scene.github.settled();
    const before = scene.received.filter((each) => each.headers["x-github-delivery"] === guid).length;
    scene.answerWith.status = 200;

    const listed = await scene.appOctokit.rest.apps.listWebhookDeliveries({ status: "failure" });
    const again = scene.github.next("delivery", (each) => each.guid === guid);
    await scene.appOctokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
    const redelivered = await again;

    expect(before).toBe(1);
    expect(listed.data.map((each) => each.guid)).toContain(guid);
    expect(redelivered).toMatchObject({ guid, redelivery: true, statusCode: 200 });
    expect(redelivered.id).not.toBe(id);
    const details = await scene.appOctokit.rest.apps.getWebhookDelivery({ delivery_id: id });
    expect(details.data).toMatchObject({
      status_code: 500,
      request: { payload: { issue: { title: "Lost" } } },
    });
  });

  it("that nobody receives is recorded as such", async () => {
    await scene.github.createRepository("octo", "quiet", {});
    const deaf = await scene.github.registerApp({
      name: "Deaf",
      webhookUrl: "http://127.0.0.1:9/",
      permissions: { issues: "read" },
      events: ["issues"],
    });

    const failed = scene.github.next(
      "delivery",
      (each) => each.appId === deaf.appId && each.event === "installation",
    );
    await scene.github.installApp(deaf, "octo", ["octo/quiet"]);

    expect(await failed).toMatchObject({ statusCode: 502, status: "failed to connect to host" });
  });

  it("list is walked by cursor without gaps", async () => {
    for (let count = 0; count < 5; count += 1) {
      await scene.github.as("ada").openIssue(NAME, { title: `Issue ${count}` });
    }
    await scene.github.settled();
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await scene.appOctokit.request("GET /app/hook/deliveries", {
        per_page: 3,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...page.data.map((each) => Number(each.id)));
      cursor = /cursor=([^&>]+)/.exec(page.headers.link ?? "")?.[1];
    } while (cursor);

    const mine = scene.github.deliveries
      .filter((each) => each.appId === scene.app.appId)
      .map((each) => each.id);
    expect(seen).toEqual([...mine].reverse());
  });
});

describe("an App", () => {
  it("hears nothing of repositories it is not installed on, and nothing while suspended", async () => {
    await scene.github.createRepository("octo", "elsewhere", {});
    await scene.github.as("ada").openIssue("octo/elsewhere", { title: "Unheard" });
    await scene.github.suspendInstallation(scene.installationId, true);
    await scene.github.as("ada").openIssue(NAME, { title: "Unheard too" });
    await scene.github.suspendInstallation(scene.installationId, false);
    await scene.github.settled();

    const bodies = scene.received.map((each) => each.body.toString());
    expect(bodies.some((body) => body.includes("Unheard"))).toBe(false);
    const actions = scene.github.deliveries
      .filter((each) => each.event === "installation")
      .map((each) => each.action);
    expect(actions.slice(-2)).toEqual(["suspend", "unsuspend"]);
  });

  it("is told when repositories are added and removed", async () => {
    await scene.github.createRepository("octo", "extra", {});
    await scene.github.changeInstallation(scene.installationId, { add: ["octo/extra"] });
    await scene.github.changeInstallation(scene.installationId, { remove: ["octo/extra"] });
    await scene.github.settled();

    const told = scene.github.deliveries
      .filter((each) => each.event === "installation_repositories")
      .map((each) => JSON.parse(each.payload) as Record<string, { full_name: string }[]>);
    expect(told.map((each) => each.repositories_added?.map((repo) => repo.full_name))).toEqual([
      ["octo/extra"],
      [],
    ]);
    expect(told.map((each) => each.repositories_removed?.map((repo) => repo.full_name))).toEqual([
      [],
      ["octo/extra"],
    ]);
  });

  it("acts as a bot: its own comment names it as sender", async () => {
    const issue = await scene.github.as("ada").openIssue(NAME, { title: "Echo" });
    const heard = scene.github.next("delivery", (each) => each.event === "issue_comment");
    await scene.octokit.rest.issues.createComment({ ...REPO, issue_number: issue.number, body: "hi" });

    expect(JSON.parse((await heard).payload)).toMatchObject({ sender: { login: "ai-cd[bot]", type: "Bot" } });
  });

  it("that is uninstalled hears of it and loses its tokens", async () => {
    const other = await openScene();
    const { token } = (await other.octokit.auth({ type: "installation" })) as { token: string };
    const client = new Client({ baseUrl: other.github.url, auth: token });
    await client.rest.repos.get(REPO);
    const told = other.github.next(
      "delivery",
      (each) => each.event === "installation" && each.action === "deleted",
    );

    await other.github.uninstallApp(other.installationId);

    expect(JSON.parse((await told).payload)).toMatchObject({ installation: { id: other.installationId } });
    expect((await refusal(client.rest.repos.get(REPO))).status).toBe(401);
    expect(other.github.unexpected).toEqual([]);
    await other.close();
  });
});
