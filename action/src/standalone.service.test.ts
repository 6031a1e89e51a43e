import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Plan } from "@aicd/core";
import { type LocalGitHub, startLocalGitHub } from "@aicd/local-github";
import { hasBwrap } from "@aicd/runner/testing";
import { type ChatCompletionRequest, type FixtureResponse, LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const execute = promisify(execFile);
const NAME = "acme/sums";
const KEY = "key-of-the-vendor-0123456789";
const PROGRAMS = ["source", "bundle"] as const;
const room = join(import.meta.dirname, "..");
const PATHS = { source: join(room, "src", "main.ts"), bundle: join(room, "dist", "index.js") };
const FILES = {
  "package.json": '{"name":"sums","type":"module","scripts":{"test":"node --test"}}\n',
  "sum.js": "export const sum = (a, b) => a + b + 1;\n",
  "sum.test.js": "import test from 'node:test';\ntest('nothing yet', () => {});\n",
};
const TEST =
  "import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport { sum } from './sum.js';\ntest('two', () => assert.equal(sum(1, 1), 2));\n";
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
let directory = "";
let github: LocalGitHub;
let model: LLMock;

const call = (name: string, input: object): FixtureResponse => ({
  content: "",
  toolCalls: [{ id: `c_${Math.random()}`, name, arguments: JSON.stringify(input) }],
  usage: { input_tokens: 1_000, output_tokens: 100 },
});

/** A competent engineer: what it says next follows from how far its conversation is. */
function next(request: ChatCompletionRequest): FixtureResponse {
  const text = JSON.stringify(request.messages);
  const turns = request.messages.filter(({ role }) => role === "assistant").length;
  if (text.includes("You are the critic"))
    return call("submit_review", { approved: true, summary: "Right.", findings: [] });
  if (turns === 0) return call("submit_plan", PLAN);
  const steps = [
    call("run", { command: "tr '\\0' '\\n' < /proc/$PPID/environ; env" }),
    call("write", { path: "sum.js", content: "export const sum = (a, b) => a + b;\n" }),
    call("write", { path: "sum.test.js", content: TEST }),
  ];
  return (
    steps[turns - 1] ??
    call("submit_change", { title: "Mend the sum", summary: "It was one too many.", receipts: [] })
  );
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "aicd-standalone-"));
  const source = join(directory, "source");
  await mkdir(source);
  for (const [name, content] of Object.entries(FILES)) await writeFile(join(source, name), content);
  github = await startLocalGitHub({ directory: join(directory, "github") });
  await github.createUser("ada");
  await github.createOrganization("acme", { owner: "ada" });
  await github.createRepository("acme", "sums", { from: source });
  await github.addCollaborator(NAME, "ada", "admin");
  model = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
  model.addFixture({ match: { predicate: () => true }, response: next });
  await model.start();
}, 60_000);
afterAll(async () => {
  await model.stop();
  await github.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
});

async function step(
  program: (typeof PROGRAMS)[number],
  inputs: Record<string, string>,
  more: Record<string, string> = {},
) {
  const job = await mkdtemp(join(directory, "job-"));
  const workspace = join(job, "workspace");
  await mkdir(join(job, "temp"));
  await execute("git", ["clone", "--quiet", `${github.url}/${NAME}.git`, workspace]);
  for (const name of ["output", "summary"]) await writeFile(join(job, name), "");
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? "",
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: join(job, "temp"),
    GITHUB_OUTPUT: join(job, "output"),
    GITHUB_STEP_SUMMARY: join(job, "summary"),
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: github.url,
    GITHUB_REPOSITORY: NAME,
    GITHUB_RUN_ID: "77",
    ANTHROPIC_BASE_URL: model.url,
    "INPUT_GITHUB-TOKEN": github.as("ada").token,
    ...more,
  };
  for (const [name, value] of Object.entries(inputs)) env[`INPUT_${name.toUpperCase()}`] = value;
  const child = spawn(process.execPath, [PATHS[program]], { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log += String(text)));
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const text = await readFile(join(job, "output"), "utf8");
  const pairs = [...text.matchAll(/^(\S+?)<<(\S+)\n([\s\S]*?)\n\2$/gm)];
  return { exitCode, log, outputs: Object.fromEntries(pairs.map(([, name, , value]) => [name, value])) };
}

function agent(program: (typeof PROGRAMS)[number], issue: number, env: Record<string, string> = {}) {
  const inputs = { mode: "standalone", "issue-number": String(issue), "anthropic-api-key": KEY };
  return step(program, inputs, env);
}

async function pulls() {
  const headers = { authorization: `Bearer ${github.as("ada").token}` };
  const answer = await fetch(`${github.url}/repos/${NAME}/pulls?state=all`, { headers });
  return (await answer.json()) as { draft: boolean; body: string; html_url: string; head: { ref: string } }[];
}

describe("standalone mode", { timeout: 120_000 }, () => {
  it("works nowhere without the sandbox, since the vendor's key is on this machine", async () => {
    const { number } = await github
      .as("ada")
      .openIssue(NAME, { title: "Sum is wrong", body: "1 + 1 gives 3" });
    const bin = await mkdtemp(join(directory, "bin-"));
    const git = (await execute("sh", ["-c", "command -v git"])).stdout.trim();
    await symlink(git, join(bin, "git"));
    const calls = model.journal.getAll().length;

    const { exitCode, log } = await agent("source", number, { PATH: bin });

    expect({ exitCode, calls: model.journal.getAll().length }, log).toEqual({ exitCode: 1, calls });
    expect(log).toMatch(/bubblewrap is not installed.*no weaker level to choose/);
  });

  it.runIf(hasBwrap()).each(PROGRAMS)(
    "works in one job and publishes in the next, once (%s)",
    async (program) => {
      const { number } = await github
        .as("ada")
        .openIssue(NAME, { title: `Sum is wrong, ${program}`, body: "1 + 1 gives 3" });
      const before = (await pulls()).length;

      const worked = await agent(program, number);
      expect(worked, worked.log).toMatchObject({ exitCode: 0, outputs: { outcome: "approved" } });
      expect(await pulls()).toHaveLength(before);
      const artifact = worked.outputs.artifact ?? "";
      const publish = { mode: "publish", "issue-number": String(number), artifact };
      const published = await step(program, publish);
      const again = await step(program, publish);

      expect(published, published.log).toMatchObject({ exitCode: 0, outputs: { outcome: "published" } });
      expect(again.outputs["pull-request-url"]).toBe(published.outputs["pull-request-url"]);
      const opened = await pulls();
      expect(opened).toHaveLength(before + 1);
      const pull = opened.find(({ html_url }) => html_url === published.outputs["pull-request-url"]);
      expect(pull).toMatchObject({ draft: true, body: expect.stringContaining(`Fixes #${number}`) });
      expect(pull?.body).toMatch(/\| after \| `npm test` \| 0 \|/);
      expect(github.unexpected).toEqual([]);
    },
  );

  it.runIf(hasBwrap())("shows commands neither the model's key nor the token", async () => {
    const { number } = await github
      .as("ada")
      .openIssue(NAME, { title: "Look around", body: "1 + 1 gives 3" });

    const { log } = await agent("bundle", number);

    const heard = JSON.stringify(model.journal.getAll().map(({ body }) => body));
    expect(heard).toContain("AICD_RUN");
    expect(heard).not.toContain("AICD_HANDOVER");
    expect(heard).not.toContain(KEY);
    expect(heard).not.toContain(github.as("ada").token);
    const said = log.replaceAll(/::add-mask::.*/g, "");
    expect(said).not.toContain(KEY);
  });

  it.each<[string, (change: Record<string, unknown>) => unknown, string]>([
    ["for another issue", (change) => ({ ...change, issueNumber: 999 }), "is for issue 999"],
    [
      "the critic refused",
      (change) => ({ ...change, critic: { approved: false, summary: "", findings: [] } }),
      "not approved",
    ],
    ["with a workflow", (change) => withFile(change, ".github/workflows/evil.yml"), "protected"],
    ["with a path that leads out", (change) => withFile(change, "../../etc/passwd"), "policy"],
    ["with a symlink", (change) => withFile(change, "link", "120000"), "Symlinks"],
    ["with a lie about what the base has", (change) => withFile(change, "SUM.js"), "cannot stand beside"],
    ["from a commit that is not on the default branch", (change) => withBase(change), "is not on main"],
    ["that is nothing of ours", () => ({ hello: 1 }), "not a change of ours"],
  ])("publishes no artifact %s", async (_, spoil, words) => {
    const { number } = await github
      .as("ada")
      .openIssue(NAME, { title: "Sum is wrong", body: "1 + 1 gives 3" });
    const before = (await pulls()).length;
    const artifact = await mkdtemp(join(directory, "artifact-"));
    const { stdout } = await execute("git", ["ls-remote", `${github.url}/${NAME}.git`, "refs/heads/main"]);
    const good = {
      version: 1,
      issueNumber: number,
      changeSet: { baseSha: stdout.slice(0, 40), files: [fileOf("sum.js")], title: "Mend", summary: "" },
      evidence: { setup: [], before: [], after: [], sandbox: "process" },
      critic: { approved: true, summary: "", findings: [] },
      plan: { body: PLAN, hash: "0123456789ab" },
      spentMicroUsd: 1,
    };
    await writeFile(join(artifact, "change.json"), JSON.stringify(spoil(good)));

    const { exitCode, log } = await step("source", {
      mode: "publish",
      "issue-number": String(number),
      artifact,
    });

    expect(exitCode).toBe(1);
    expect(log).toContain(words);
    expect(await pulls()).toHaveLength(before);
  });

  it("follows no link in an artifact", async () => {
    const artifact = await mkdtemp(join(directory, "artifact-"));
    await symlink("/etc/passwd", join(artifact, "change.json"));

    const { exitCode, log } = await step("source", { mode: "publish", "issue-number": "1", artifact });

    expect({ exitCode, told: log.includes("not a plain file") }).toEqual({ exitCode: 1, told: true });
  });
});

function fileOf(path: string, mode = "100644") {
  return { kind: "write", path, mode, baseMode: path === "sum.js" ? "100644" : null, contentBase64: "eA==" };
}

function withFile(change: Record<string, unknown>, path: string, mode?: string) {
  return { ...change, changeSet: { ...(change.changeSet as object), files: [fileOf(path, mode)] } };
}

function withBase(change: Record<string, unknown>) {
  return { ...change, changeSet: { ...(change.changeSet as object), baseSha: "0123456789".repeat(4) } };
}
