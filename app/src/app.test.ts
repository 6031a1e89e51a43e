import { expect, it } from "vitest";
import { EXAMPLES, payloadOf } from "./testing/payloads.ts";
import { createRecorder, loadApp, type Reached } from "./testing/recorder.ts";

const REPOSITORY = { installationId: 7, repositoryId: 186_853_002, owner: "Codertocat", name: "Hello-World" };

/**
 * What each event of GitHub's examples becomes, for every one of its payloads. An event that is not here
 * becomes nothing. A label other than ours, a comment without a command and a tag ask for nothing either.
 */
const BECOMES: Readonly<Record<string, readonly string[]>> = {
  "marketplace_purchase.purchased": ["purchase changed", "purchase changed"],
  "marketplace_purchase.changed": ["purchase changed"],
  "marketplace_purchase.cancelled": ["purchase changed"],
  "github_app_authorization.revoked": ["authorization revoked", "authorization revoked"],
  "installation.created": ["installation changed", "installation changed"],
  "installation.deleted": ["installation changed", "installation changed"],
  "installation.new_permissions_accepted": ["installation changed"],
  "installation.suspend": ["installation changed"],
  "installation.unsuspend": ["installation changed"],
  "installation_repositories.added": ["installation changed", "installation changed"],
  "installation_repositories.removed": ["installation changed"],
  "issue_comment.created": ["nothing", "nothing", "nothing", "nothing", "nothing"],
  "issues.deleted": ["task.cancelled"],
  "issues.labeled": ["nothing", "nothing"],
  "issues.transferred": ["task.cancelled"],
  "check_suite.completed": ["checks ended", "checks ended", "checks ended", "checks ended"],
  "pull_request.closed": ["pull_request.closed", "pull_request.closed"],
  "pull_request.synchronize": ["head moved"],
  "pull_request_review.submitted": ["revision.requested", "revision.requested", "revision.requested"],
  push: ["nothing", "nothing", "nothing", "nothing", "pushed", "pushed", "nothing"],
  "repository.privatized": ["installation changed", "installation changed"],
  "repository.publicized": ["installation changed", "installation changed", "installation changed"],
  "repository.renamed": ["installation changed"],
  "repository.transferred": ["installation changed", "installation changed", "installation changed"],
  "workflow_job.completed": ["job changed", "job changed"],
  "workflow_job.in_progress": ["job changed", "job changed", "job changed"],
  "workflow_job.queued": ["job changed", "job changed"],
  "workflow_run.completed": ["run ended", "run ended", "run ended"],
};

const EVENTS = [...new Set(EXAMPLES.map(({ event }) => event))].sort();

it("GitHub's examples are whole", () => {
  expect({ payloads: EXAMPLES.length, events: EVENTS.length }).toEqual({ payloads: 329, events: 161 });
});

it.each(EVENTS)("every example of %s becomes what the table says", async (event) => {
  const examples = EXAMPLES.filter((example) => example.event === event);

  const became = await Promise.all(examples.map(({ name, payload }) => become(name, payload)));

  expect(became).toEqual(BECOMES[event] ?? examples.map(() => "nothing"));
});

it.each(Object.keys(BECOMES))("%s is among GitHub's examples", (event) => {
  expect(EVENTS).toContain(event);
});

it("does nothing for a repository whose deliveries come through no installation", async () => {
  const { inbox, reached } = createRecorder();
  const { receive } = await loadApp(inbox);

  for (const { name, payload } of EXAMPLES) {
    const { installation: _, ...rest } = payload;
    if (payload.repository !== undefined) await receive("d1", name, rest);
  }

  expect(reached).toEqual([]);
});

/** Events that GitHub publishes no example of, made of their nearest relative. */
it.each([
  ["repository", { ...payloadOf("repository.renamed"), action: "deleted" }],
  ["installation_target", { ...payloadOf("installation.created"), action: "renamed" }],
])("%s: %o changes an installation", async (name, payload) => {
  expect(await become(name, payload)).toBe("installation changed");
});

it("an installation is named by its id alone: what is true of it is asked when it is read", async () => {
  const { inbox, reached } = createRecorder();
  const { receive } = await loadApp(inbox);

  await receive("d1", "installation", payloadOf("installation.suspend"));

  expect(reached).toEqual([
    {
      kind: "installation changed",
      intent: { type: "installation.changed", installationId: 16_598_467 },
    },
  ]);
});

it("a run that ended carries its id and its conclusion; a run without one ended in an unknown way", async () => {
  const { inbox, reached } = createRecorder();
  const { receive } = await loadApp(inbox);
  const payload = throughInstallation(payloadOf("workflow_run.completed"));
  const run = payload.workflow_run;

  for (const conclusion of ["success", null]) {
    await receive("d1", "workflow_run", { ...payload, workflow_run: { ...run, conclusion } });
  }

  const where = { kind: "run ended", repository: repositoryOf(payload), runId: run.id, by: "Codertocat" };
  expect(reached).toEqual([
    { ...where, conclusion: "success", by: payload.sender.login },
    { ...where, conclusion: "unknown", by: payload.sender.login },
  ]);
});

it("only a push to the default branch counts, and it tells where", async () => {
  const { inbox, reached } = createRecorder();
  const { receive } = await loadApp(inbox);
  const payload = throughInstallation(payloadOf("push"));

  for (const ref of ["refs/heads/master", "refs/heads/other", "refs/tags/master"]) {
    await receive("d1", "push", { ...payload, ref });
  }

  expect(payload.repository.default_branch).toBe("master");
  expect(reached).toEqual([{ kind: "pushed", repository: repositoryOf(payload) }]);
});

it("a person who takes back their authorization is known by their id", async () => {
  const { inbox, reached } = createRecorder();
  const { receive } = await loadApp(inbox);
  const payload = payloadOf("github_app_authorization.revoked");

  await receive("d1", "github_app_authorization", payload);

  expect(reached).toEqual([{ kind: "authorization revoked", githubId: payload.sender.id }]);
});

it("one delivery twice has one key: whoever writes it down sees the repetition", async () => {
  const { inbox, reached } = createRecorder();
  const { receive } = await loadApp(inbox);
  const payload = throughInstallation(payloadOf("pull_request.closed"));

  await receive("d1", "pull_request", payload);
  await receive("d1", "pull_request", payload);

  expect(reached.map((call) => ("key" in call ? call.key : undefined))).toEqual([
    "d1:pull_request.closed",
    "d1:pull_request.closed",
  ]);
});

it("K6: all edits of a comment have one key, so that they are answered once", async () => {
  const { inbox, reached } = createRecorder();
  const { receive } = await loadApp(inbox);
  const payload = throughInstallation(payloadOf("issue_comment.edited"));
  payload.changes = { body: { from: "please look" } };
  payload.comment.body = "/aicd run";

  await receive("d1", "issue_comment", payload);
  await receive("d2", "issue_comment", payload);

  const key = `edited:${payload.comment.id}:command.unclear`;
  expect(reached.map((call) => ("key" in call ? call.key : undefined))).toEqual([key, key]);
});

it("fails as a whole when the permission cannot be learned, so that the delivery is tried again", async () => {
  const { inbox, reached } = createRecorder(async () => {
    throw new Error("GitHub is down");
  });
  const { receive } = await loadApp(inbox);
  const payload = throughInstallation(payloadOf("pull_request_review.submitted"));

  await expect(receive("d1", "pull_request_review", payload)).rejects.toThrow("GitHub is down");

  expect(reached).toEqual([]);
});

/** What one delivery becomes, in a word; it comes through an installation of ours. */
async function become(name: string, payload: object): Promise<string> {
  const { inbox, reached } = createRecorder();
  const { receive } = await loadApp(inbox);
  await receive("d1", name, throughInstallation(payload));
  expect(reached.length).toBeLessThanOrEqual(1);
  return wordOf(reached[0]);
}

function throughInstallation<Payload extends object>(payload: Payload) {
  return { installation: { id: 7 }, ...payload };
}

function wordOf(call: Reached | undefined): string {
  if (call === undefined) return "nothing";
  return call.kind === "accepted" ? call.intent.type : call.kind;
}

function repositoryOf(payload: {
  repository: { id: number; name: string; owner: { login: string } | null };
}) {
  const { id, name, owner } = payload.repository;
  return { ...REPOSITORY, repositoryId: id, name, owner: owner?.login };
}
