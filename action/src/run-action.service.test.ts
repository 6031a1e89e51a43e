import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import type { Plan } from "@aicd/core";
import { createRepository, type GrantInput, startPlane, type TestPlane } from "@aicd/runner/testing";
import { type FixtureResponse, LLMock } from "@copilotkit/aimock";
import { afterEach, describe, expect, it } from "vitest";

const room = join(import.meta.dirname, "..");
const SOURCE = join(room, "src", "main.ts");
const BUNDLE = join(room, "dist", "index.js");
const LEASE_TOKEN = "lease-token-of-this-very-test";

const PLAN: Plan = {
  title: "Mend the sum",
  understanding: "1 + 1 gives 3.",
  cause: "One is added.",
  files: [{ path: "sum.js", change: "Do not add one." }],
  tests: [],
  checks: [],
  risks: [],
  questions: [],
  estimate: { changedLines: 1, lowUsd: 0, likelyUsd: 0, highUsd: 0 },
};

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type World = { plane: TestPlane; env: Record<string, string>; audiences: string[]; tempDir: string };

/** The surroundings a GitHub runner gives a step: a clone, files for outputs, an identity provider. */
async function world(grant: Partial<GrantInput> = {}, answer?: FixtureResponse): Promise<World> {
  const repository = await createRepository({ "sum.js": "export const sum = (a, b) => a + b + 1;\n" });
  cleanups.push(() => rm(dirname(repository.workspaceDir), { recursive: true, force: true }));
  const model = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
  if (answer !== undefined) model.addFixture({ match: {}, response: answer });
  await model.start();
  cleanups.push(() => model.stop());
  const gateway = { anthropic: model.url, openai: `${model.url}/v1` };
  const plane = await startPlane({ startSha: repository.sha, leaseToken: LEASE_TOKEN, gateway, ...grant });
  cleanups.push(() => plane.stop());
  const audiences: string[] = [];
  const issuer = createServer((request, response) => {
    audiences.push(new URL(request.url ?? "", "http://x").searchParams.get("audience") ?? "");
    response.end(JSON.stringify({ value: "oidc-token" }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => issuer.once("listening", resolve));
  cleanups.push(async () => void issuer.close());
  const files = join(repository.tempDir, "files");
  await mkdir(files);
  for (const name of ["output", "summary"]) await writeFile(join(files, name), "");
  return {
    plane,
    audiences,
    tempDir: repository.tempDir,
    env: {
      PATH: process.env.PATH ?? "",
      GITHUB_WORKSPACE: repository.workspaceDir,
      RUNNER_TEMP: repository.tempDir,
      GITHUB_OUTPUT: join(files, "output"),
      GITHUB_STEP_SUMMARY: join(files, "summary"),
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/token?v=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
      "INPUT_CONTROL-PLANE-URL": plane.url,
      "INPUT_ATTEMPT-ID": "att_1",
      "INPUT_RUN-KEY": "rk_1",
    },
  };
}

async function run(env: Record<string, string>, program = SOURCE, onStart?: (pid: number) => void) {
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log += String(text)));
  onStart?.(child.pid ?? 0);
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exitCode, log };
}

async function outputsOf(env: Record<string, string>): Promise<Record<string, string>> {
  const text = await readFile(env.GITHUB_OUTPUT ?? "", "utf8");
  const pairs = [...text.matchAll(/^(\S+?)<<(\S+)\n([\s\S]*?)\n\2$/gm)];
  return Object.fromEntries(pairs.map(([, name, , value]) => [name, value]));
}

const planning: FixtureResponse = {
  toolCalls: [{ name: "submit_plan", arguments: JSON.stringify(PLAN), id: "p1" }],
  usage: { input_tokens: 1_000, output_tokens: 100 },
};

/** A coder that stops in the middle of its work, so that what was measured is uploaded. */
const writing: FixtureResponse = {
  toolCalls: [{ name: "write", arguments: JSON.stringify({ path: "sum.js", content: "1" }), id: "w1" }],
  usage: { input_tokens: 1_000, output_tokens: 100 },
};

describe("the action as a step", () => {
  it.each([
    ["source", SOURCE],
    ["bundle", BUNDLE],
  ])("plans and says what came of it (%s)", async (_, program) => {
    const { plane, env, audiences, tempDir } = await world({}, planning);

    const { exitCode, log } = await run(env, program);

    expect({ exitCode, results: plane.results }, log).toEqual({
      exitCode: 0,
      results: [{ kind: "planned" }],
    });
    expect(audiences).toEqual([plane.url]);
    expect(await outputsOf(env)).toEqual({
      outcome: "planned",
      "cost-usd": "0.004500",
      "plan-hash": expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(await readFile(env.GITHUB_STEP_SUMMARY ?? "", "utf8")).toContain("The plan was handed in");
    expect(log.replaceAll(`::add-mask::${LEASE_TOKEN}`, "")).not.toContain(LEASE_TOKEN);
    expect(existsSync(join(tempDir, "trusted.git"))).toBe(false);
  });

  it("is red with the reason when the attempt fails", async () => {
    const { env, plane } = await world();

    const { exitCode, log } = await run(env);

    expect(exitCode).toBe(1);
    expect(log).toMatch(/^::error::The attempt failed \(model_rejected\)/m);
    expect(plane.results).toMatchObject([{ kind: "failed", reason: "model_rejected" }]);
    expect(await outputsOf(env)).toMatchObject({ outcome: "failed" });
  });

  it("leaves what a failed attempt wrote as a file, for the step that uploads it", async () => {
    const { env } = await world({ phase: "code", plan: PLAN, settings: { setup: [], checks: [] } }, writing);

    await run(env);

    const { outcome, patch = "" } = await outputsOf(env);
    expect(outcome).toBe("failed");
    expect(await readFile(patch, "utf8")).toMatch(/^-export const sum[^\n]*\n\+1$/m);
  });

  it("ends green and quiet as the second runner of an attempt", async () => {
    const { env, plane } = await world();
    plane.fail("lease", 409);

    const { exitCode } = await run(env);

    expect(exitCode).toBe(0);
    expect(plane.results).toEqual([]);
    expect(await outputsOf(env)).toEqual({ outcome: "fenced", "cost-usd": "0.000000" });
  });

  it.runIf(existsSync("/proc/self/environ"))("shows commands nothing of the runner's tokens", async () => {
    const spy = "tr '\\0' '\\n' < /proc/$PPID/environ; exit 1";
    const settings = { setup: [], checks: [spy] };
    const { env, plane } = await world({ phase: "code", plan: PLAN, settings }, writing);
    const canaries = { ACTIONS_RUNTIME_TOKEN: "canary-runtime", "INPUT_GITHUB-TOKEN": "canary-github" };

    const { exitCode, log } = await run({ ...env, ...canaries, SOME_SECRET: "canary-other" });

    const seen = plane.changeSets[0]?.evidence.before[0]?.outputTail ?? "";
    expect(exitCode, log).toBe(1);
    expect(seen).toContain("PATH=");
    expect(seen.match(/canary|request-token|lease-token/g)).toBeNull();
  });

  it("explains inputs that are not usable", async () => {
    const { env } = await world();
    const { "INPUT_CONTROL-PLANE-URL": _, ...without } = env;

    const { exitCode, log } = await run(without);

    expect(exitCode).toBe(1);
    expect(log).toContain("set `anthropic-api-key` or `openai-api-key`");
  });

  it("explains a lease that is refused", async () => {
    const { env, plane } = await world();
    plane.fail("lease", 403);

    const { exitCode, log } = await run(env);

    expect(exitCode).toBe(1);
    expect(log).toContain("::error::A fault switched on by the test.");
  });

  it("leaves when the runner is told to, without a word that would end the attempt", async () => {
    const settings = { setup: ["sleep 60"], checks: [] };
    const { env, plane } = await world({ phase: "code", plan: PLAN, settings });
    let pid = 0;
    plane.onCall((route) => {
      if (route !== "heartbeat" || pid === 0) return;
      process.kill(pid, "SIGTERM");
      pid = 0;
    });

    const { exitCode, log } = await run(env, SOURCE, (started) => {
      pid = started;
    });

    expect(exitCode).toBe(1);
    expect(log).toContain("The runner was asked to end");
    expect(plane.results).toEqual([]);
  });
});
