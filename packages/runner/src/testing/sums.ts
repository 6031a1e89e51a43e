import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { MockScript } from "@aicd/agents";
import type { IAgent, Plan, SandboxLevel } from "@aicd/core";
import { createRunnerClient } from "@aicd/protocol";
import { type AttemptReport, runAttempt } from "../run-attempt.ts";
import { PATH } from "./env.ts";
import { type GrantInput, startPlane, type TestPlane } from "./plane.ts";
import { createRepository, type TestRepository } from "./repository.ts";

export const FILES = {
  "package.json": '{"name":"sums","type":"module","scripts":{"test":"node --test"}}\n',
  "sum.js": "export const sum = (a, b) => a + b + 1;\n",
  "sum.test.js": "import test from 'node:test';\ntest('nothing yet', () => {});\n",
  "AGENTS.md": "Keep it small.\n",
};
export const MENDED = "export const sum = (a, b) => a + b;\n";
export const TEST = `import test from 'node:test';
import assert from 'node:assert/strict';
import { sum } from './sum.js';
test('nothing yet', () => {});
test('one and one is two', () => assert.equal(sum(1, 1), 2));
`;
export const PLAN: Plan = {
  title: "Mend the sum",
  understanding: "1 + 1 gives 3.",
  cause: "One is added.",
  files: [{ path: "sum.js", change: "Do not add one." }],
  tests: ["1 + 1 = 2"],
  checks: ["npm test"],
  risks: [],
  questions: [],
  estimate: { changedLines: 2, lowUsd: 0.1, likelyUsd: 0.2, highUsd: 0.5 },
};

/** A coder's work that solves the issue and tests it. */
export const MEND: NonNullable<MockScript["codes"]> = [{ files: { "sum.js": MENDED, "sum.test.js": TEST } }];

export type World = { repository: TestRepository; plane: TestPlane };
export type Cleanups = (() => Promise<unknown>)[];

/** A repository that cannot add, and a control plane that grants one attempt on it. */
export async function createWorld(
  cleanups: Cleanups,
  grant: Partial<GrantInput> = {},
  files: Record<string, string> = {},
): Promise<World> {
  const repository = await createRepository({ ...FILES, ...files });
  cleanups.push(() => rm(dirname(repository.workspaceDir), { recursive: true, force: true }));
  // What the critic does is seen on changes that are small and proven.
  const review = "always" as const;
  const settings = { setup: [], checks: ["node --test"], review, ...grant.settings };
  const plane = await startPlane({ startSha: repository.sha, ...grant, settings });
  cleanups.push(() => plane.stop());
  return { repository, plane };
}

export function drive(
  { repository, plane }: World,
  agent: IAgent,
  { path = PATH, atMost }: { path?: string; atMost?: SandboxLevel | undefined } = {},
): Promise<AttemptReport> {
  return runAttempt({
    client: createRunnerClient({ url: plane.url, sleep: async () => undefined }),
    oidcToken: async () => "oidc",
    attemptId: "att_1",
    runKey: "key",
    workspaceDir: repository.workspaceDir,
    tempDir: repository.tempDir,
    path,
    atMost,
    createAgent: () => agent,
    signal: new AbortController().signal,
    log: () => undefined,
  });
}
