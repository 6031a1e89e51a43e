import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createOpenAgent } from "@aicd/agents";
import { type ChangeSet, type Plan, type Provider, readSettings, type Snapshot } from "@aicd/core";
import { type ChangeSetRequest, createRunnerClient } from "@aicd/protocol";
import { runAttempt } from "@aicd/runner";
import {
  createRepository,
  type GrantInput,
  SNAPSHOT,
  startPlane,
  type TestRepository,
} from "@aicd/runner/testing";
import { afterEach, describe, expect, it } from "vitest";
import { example, type Recording, startRecording } from "./index.ts";

const PATH = process.env.PATH ?? "";
/** Programs are started many times over; a busy machine needs a while for that. */
const PATIENCE_MS = 120_000;
const { author } = SNAPSHOT.issue;
const issue = { ...SNAPSHOT.issue, title: example.issueTitle, body: example.issueBody };
const snapshot: Snapshot = { ...SNAPSHOT, issue };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function exampleFiles(): Promise<Record<string, string>> {
  const root = example.repositoryDirectory;
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file.slice(root.length + 1), await readFile(file, "utf8")])),
  );
}

async function createExample(): Promise<TestRepository> {
  const repository = await createRepository(await exampleFiles());
  cleanups.push(() => rm(dirname(repository.workspaceDir), { recursive: true, force: true }));
  return repository;
}

async function attempt(
  repository: TestRepository,
  recording: Recording,
  provider: Provider,
  grant: GrantInput,
) {
  // The same as `npm test` there, without npm's start-up time.
  const settings = { setup: [], checks: ["node --test"] };
  const plane = await startPlane({ heartbeatMs: 15_000, settings, ...grant });
  cleanups.push(() => plane.stop());
  const choice = { provider, model: provider === "anthropic" ? "claude-sonnet-5" : "gpt-5" };
  await rm(repository.tempDir, { recursive: true, force: true });
  const report = await runAttempt({
    client: createRunnerClient({ url: plane.url }),
    oidcToken: async () => "oidc",
    attemptId: "att_1",
    runKey: "key",
    workspaceDir: repository.workspaceDir,
    tempDir: repository.tempDir,
    path: PATH,
    createAgent: () =>
      createOpenAgent({
        models: { planner: choice, coder: choice, critic: choice },
        endpoints: {
          anthropic: { baseURL: recording.url, apiKey: "none" },
          openai: { baseURL: `${recording.url}/v1`, apiKey: "none" },
        },
      }),
    signal: new AbortController().signal,
    log: () => undefined,
  });
  return { plane, report };
}

/** From the issue to the approved change, with all that is promised on the way. */
async function solve(provider: Provider) {
  const repository = await createExample();
  const recording = await startRecording();
  cleanups.push(() => recording.stop());
  const start = { startSha: repository.sha, snapshot };
  const planning = await attempt(repository, recording, provider, start);
  expect(planning.report).toMatchObject({ outcome: "planned" });
  const plan = planning.plane.plans[0] as Plan;

  const { plane, report } = await attempt(repository, recording, provider, { ...start, phase: "code", plan });
  expect(recording.unmatched()).toEqual([]);
  expect(report).toMatchObject({ outcome: "approved" });
  expect(report.costMicroUsd).toBeGreaterThan(0);
  expect(plane.changeSets).toHaveLength(2);
  expect(plane.events.filter((event) => event.type === "review.rejected")).toMatchObject([
    { findings: [{ path: "src/split.js", severity: "major" }] },
  ]);
  const solution = plane.changeSets[1] as ChangeSetRequest;
  const { before, reproduction, after } = solution.evidence;
  expect(before[0]?.tests).toEqual({ passed: 14, failed: 0, skipped: 0 });
  expect(reproduction?.[0]).toMatchObject({ exitCode: 1, tests: { failed: 4 } });
  expect(after[0]?.tests).toEqual({ passed: 18, failed: 0, skipped: 0 });
  const planned = new Set(plan.files.map(({ path }) => path));
  expect(solution.changeSet.files.filter(({ path }) => !planned.has(path))).toEqual([]);
  return { repository, recording, plan, solution };
}

describe("the bundled example", () => {
  it("has the bug the issue reports, and tests that do not see it", async () => {
    const { workspaceDir, tempDir } = await createExample();
    const trip = join(tempDir, "trip.json");
    const json = /```json\n([\s\S]*?)\n```/.exec(example.issueBody)?.[1] ?? "";
    await writeFile(trip, json);
    const node = promisify(execFile);

    await node("node", ["--test"], { cwd: workspaceDir });
    const settled = node("node", ["src/cli.js", "settle", trip], { cwd: workspaceDir });

    await expect(settled).rejects.toMatchObject({
      stderr: expect.stringContaining("Balances do not add up: 1"),
    });
  });

  it("has settings we accept", async () => {
    const text = await readFile(join(example.repositoryDirectory, ".github/aicd.yml"), "utf8");

    expect(text).toContain("npm test");
    expect(readSettings({ version: 1, checks: ["npm test"], budgetUsd: 2 }).kind).toBe("settings");
  });

  it.each(["openai", "openai-compatible"] as const)(
    "is planned, coded, sent back and mended over the wire of %s",
    async (provider) => {
      await solve(provider);
    },
    PATIENCE_MS,
  );

  it(
    "is planned, coded, sent back, mended and, after a review, revised over the wire of anthropic",
    async () => {
      const { repository, recording, plan, solution } = await solve("anthropic");
      const head = await repository.commit(toFiles(solution.changeSet));
      const comments = example.review.comments.map((comment, index) => ({
        ...comment,
        id: 901 + index,
        author,
      }));
      for (const { path, line } of comments) {
        expect(lineOf(solution.changeSet, path, line)).toMatch(/for \(let i = 0|Math\.floor/);
      }

      const { plane, report } = await attempt(repository, recording, "anthropic", {
        startSha: head,
        baseSha: repository.sha,
        snapshot: { ...snapshot, review: { id: 9, author, body: example.review.body, comments } },
        phase: "revise",
        plan,
      });

      expect(recording.unmatched()).toEqual([]);
      expect(report).toMatchObject({ outcome: "approved" });
      expect(plane.results[0]).toMatchObject({
        receipts: [
          { commentId: 901, kind: "changed" },
          { commentId: 902, kind: "declined" },
        ],
      });
      expect(plane.changeSets[0]?.evidence.after[0]?.tests).toMatchObject({ passed: 19, failed: 0 });
    },
    PATIENCE_MS,
  );

  it("answers nothing it does not know, and says so", async () => {
    const recording = await startRecording();
    cleanups.push(() => recording.stop());

    const response = await fetch(`${recording.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": "none" },
      body: JSON.stringify({
        model: "claude-sonnet-5",
        max_tokens: 10,
        system: "You are the engineer of AI-CD.",
        messages: [{ role: "user", content: "Something else." }],
      }),
    });

    expect(response.status).toBe(404);
    expect(recording.unmatched()).toHaveLength(1);
  });
});

function toFiles(changeSet: ChangeSet): Record<string, string> {
  const files = changeSet.files.flatMap((file) =>
    file.kind === "write" ? [[file.path, Buffer.from(file.contentBase64, "base64").toString()]] : [],
  );
  return Object.fromEntries(files);
}

function lineOf(changeSet: ChangeSet, path: string, line: number): string {
  return toFiles(changeSet)[path]?.split("\n")[line - 1] ?? "";
}
