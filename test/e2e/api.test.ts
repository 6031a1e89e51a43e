import { expect, it, onTestFinished } from "vitest";
import { createBrowser } from "../world/browser.ts";
import { createWorld, HUMAN, REPO } from "../world/world.ts";

type Named = { items: { id: string; name?: string }[] };

it("an owner signs in, makes a key, and a program starts tasks with it, also after a restart", async () => {
  const world = await createWorld({ after: onTestFinished });
  const { url, person } = world;
  const browser = createBrowser();
  const issues = [];
  for (const title of ["Make the widget two", "Make the widget three"]) {
    issues.push(await person.openIssue(REPO, { title }));
  }
  await browser.signIn(`${url}/auth/github`, HUMAN);
  const session = (await (await browser.fetch(`${url}/auth/session`)).json()) as {
    organizations: { id: string }[];
    csrf: { header: string; token: string };
  };
  const base = `${url}/v1/organizations/${session.organizations[0]?.id}`;
  const made = await browser.fetch(`${base}/api-keys`, {
    method: "POST",
    headers: { "content-type": "application/json", [session.csrf.header]: session.csrf.token, origin: url },
    body: JSON.stringify({ name: "ci", role: "member" }),
  });
  expect(made.status).toBe(201);
  const { secret } = (await made.json()) as { secret: string };
  const call = async <T>(path: string, body?: unknown): Promise<{ status: number; body: T }> => {
    const answer = await fetch(`${base}${path}`, {
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const { body: repositories } = await call<Named>("/repositories");
  const repository = repositories.items[0]?.id;

  const answers = [];
  for (const { number } of issues) {
    answers.push(await call("/tasks", { repository, issueNumber: number }));
    await world.server.stop();
    await world.server.start();
  }

  expect(answers.map(({ status, body }) => [status, status === 201 ? "" : body])).toEqual([
    [201, ""],
    [201, ""],
  ]);
  expect((await call<Named>("/tasks")).body.items).toHaveLength(2);
  const { body: audit } = await call<{ detail: string }>("/audit-log");
  expect(audit.detail).toMatch(/audit\.read/);
  const log = (await (await browser.fetch(`${base}/audit-log`)).json()) as { items: { action: string }[] };
  expect(log.items.map(({ action }) => action)).toEqual([
    "request.refused",
    "task.requested",
    "task.requested",
    "api_key.created",
    "member.joined",
  ]);
  const exported = await browser.fetch(`${base}/export`);
  const lines = (await exported.text()).trim().split("\n");
  expect(lines.filter((line) => line.startsWith('{"table":"tasks"'))).toHaveLength(2);
  expect(lines.join()).not.toContain(secret.slice(12, 40));
});
