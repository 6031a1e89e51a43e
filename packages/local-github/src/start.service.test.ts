import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNodeMiddleware, Probot, ProbotOctokit } from "probot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, openScene, REPO, type Scene } from "./testing/scene.ts";

function answerLabels(app: Probot): void {
  app.on("issues.labeled", async (context) => {
    await context.octokit.rest.reactions.createForIssue(context.issue({ content: "eyes" }));
    const { data } = await context.octokit.rest.repos.getCollaboratorPermissionLevel(
      context.repo({ username: context.payload.sender.login }),
    );
    await context.octokit.rest.issues.createComment(
      context.issue({ body: `${context.payload.label?.name} by ${data.role_name}` }),
    );
  });
}

describe("Probot, as the control plane uses it,", () => {
  let scene: Scene;
  let server: Server;

  beforeAll(async () => {
    scene = await openScene();
    const probot = new Probot({
      appId: scene.app.appId,
      privateKey: scene.app.privateKeyPem,
      secret: scene.app.webhookSecret,
      baseUrl: `${scene.github.url}/api/v3`,
      logLevel: "fatal",
      Octokit: ProbotOctokit.defaults({ throttle: { enabled: false }, retry: { enabled: false } }),
    });
    const middleware = await createNodeMiddleware(answerLabels, { probot });
    server = createServer((request, response) => void middleware(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    scene.github.setWebhook(scene.app.appId, `http://127.0.0.1:${port}/api/github/webhooks`);
  });

  afterAll(async () => {
    server.close();
    await scene.github.settled();
    await scene.close();
    expect(scene.github.unexpected).toEqual([]);
  });

  it("accepts the signed webhook and answers on the issue", async () => {
    const ada = scene.github.as("ada");
    const issue = await ada.openIssue(NAME, { title: "Please" });
    const answered = scene.github.next(
      "write",
      (entry) => entry.actor === "ai-cd[bot]" && /comments/.test(entry.route),
    );
    await ada.label(NAME, issue.number, "aicd");
    await answered;
    await scene.github.settled();

    const { data } = await scene.octokit.rest.issues.listComments({ ...REPO, issue_number: issue.number });
    expect(data.map((comment) => comment.body)).toEqual(["aicd by admin"]);
    const labelled = scene.github.deliveries.find((each) => each.action === "labeled");
    expect(labelled?.statusCode).toBe(200);
  });
});

describe("stopping", () => {
  it("ends the processes of runs that are still going on", async () => {
    const outside = await mkdtemp(join(tmpdir(), "local-github-stop-"));
    const scene = await openScene({ from: join(import.meta.dirname, "actions/fixtures/repository") });
    scene.github.setVariable(NAME, "OUTSIDE", outside);
    const pids = () => readFile(join(outside, "pids"), "utf8").catch(() => "");
    await scene.octokit.rest.actions.createWorkflowDispatch({
      ...REPO,
      workflow_id: "sleep.yml",
      ref: "main",
    });
    await expect.poll(pids, { timeout: 20_000 }).toMatch(/\d+\n\d+\n/);

    await scene.close();

    for (const pid of (await pids()).trim().split("\n")) {
      const stat = () => readFile(`/proc/${pid}/stat`, "latin1").catch(() => ") Z");
      await expect.poll(stat, { timeout: 20_000 }).toMatch(/\) Z/);
    }
    await rm(outside, { recursive: true, force: true });
  });

  it("lets an event that never comes fail the wait instead of hanging", async () => {
    const scene = await openScene();

    await expect(scene.github.next("run", () => true, 10)).rejects.toThrow(
      'no matching "run" event within 10 ms',
    );
    await scene.close();
  });
});
