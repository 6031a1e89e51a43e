import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readSettings } from "@aicd/core";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { startHome } from "../testing/home.ts";
import { createTaskWorld } from "../testing/tasks.ts";
import { onboardRepository } from "./onboard.ts";
import { syncInstallation } from "./sync.ts";

const home = await startHome();
const world = await createTaskWorld({ home });
const { deps, tenantId } = world;
type Pull = { number: number; body: string; state: string; head: { ref: string }; draft: boolean };

/** A repository of the organisation, as GitHub makes it, and what the sync owes for it. */
async function repository(name: string, from: Record<string, string>): Promise<string> {
  const source = await mkdtemp(join(tmpdir(), "aicd-onboard-"));
  for (const [path, content] of Object.entries(from)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), content);
  }
  await home.github.createRepository("acme", name, { from: source });
  await syncInstallation(deps, { installationId: home.installationId });
  const { rows } = await world.pool.query(
    `SELECT r.id, count(o.*)::int AS owed FROM repositories r
     LEFT JOIN outbox o ON o.job = 'onboard-repository' AND o.payload->>'repositoryId' = r.id
     WHERE r.name = $1 GROUP BY r.id`,
    [name],
  );
  expect(rows[0].owed).toBe(1);
  return rows[0].id;
}

async function pulls(name: string): Promise<Pull[]> {
  const answer = await fetch(`${home.github.url}/repos/acme/${name}/pulls?state=all`, {
    headers: { authorization: `Bearer ${home.mona.token}` },
  });
  return (await answer.json()) as Pull[];
}

async function fileOn(name: string, path: string): Promise<string | undefined> {
  const answer = await fetch(`${home.github.url}/repos/acme/${name}/contents/${path}?ref=aicd/setup`, {
    headers: { authorization: `Bearer ${home.mona.token}` },
  });
  if (!answer.ok) return undefined;
  return Buffer.from(((await answer.json()) as { content: string }).content, "base64").toString();
}

const CI = `on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps: [{ uses: "actions/setup-go@v6", with: { go-version: "1.26" } }, { run: "go test ./..." }]
`;

it("opens one pull request, made from the repository's own CI, and never a second one", async () => {
  const id = await repository("tool", { "go.mod": "module x\n", ".github/workflows/ci.yml": CI });
  const job = { tenantId, repositoryId: id };

  await onboardRepository(deps, job);
  await onboardRepository(deps, job);
  const [first, ...more] = await pulls("tool");
  await fetch(`${home.github.url}/repos/acme/tool/pulls/${first?.number}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${home.mona.token}` },
    body: JSON.stringify({ state: "closed" }),
  });
  await onboardRepository(deps, job);

  expect(more).toEqual([]);
  expect(await pulls("tool")).toHaveLength(1);
  const text = (await fileOn("tool", ".github/aicd.yml")) ?? "";
  expect(text).toMatch(/^# yaml-language-server: \$schema=http:\/\/aicd\.test\/schemas\/aicd\.json\n/);
  expect(readSettings(parse(text)).kind).toBe("settings");
  expect(first?.body).toContain("`go test ./...` from `.github/workflows/ci.yml (job test)`");
  expect(first?.body).toContain("What it may cost");
  // This App may not write workflows; a person adds it with one click, filled in.
  expect(await fileOn("tool", ".github/workflows/aicd.yml")).toBeUndefined();
  const address = /\((http\S+\/acme\/tool\/new\/aicd\/setup\?\S+)\)/.exec(first?.body ?? "")?.[1] ?? "";
  const filled = new URL(address).searchParams;
  expect(filled.get("filename")).toBe(".github/workflows/aicd.yml");
  expect(parse(filled.get("value") ?? "").jobs.work.steps[2]).toEqual({
    uses: "actions/setup-go@v6",
    with: { "go-version": "1.26" },
  });
  expect(home.github.unexpected).toEqual([]);
});

it("leaves a repository alone that has the workflow, or nothing at all", async () => {
  const ready = await repository("ready", { ".github/workflows/aicd.yml": "on: workflow_dispatch\n" });

  await onboardRepository(deps, { tenantId, repositoryId: ready });

  expect(await pulls("ready")).toEqual([]);
});
