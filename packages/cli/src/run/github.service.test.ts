import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type LocalGitHub, startLocalGitHub } from "@aicd/local-github";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { baseEnv } from "../env.ts";
import { example, type Recording, startRecording } from "../example/index.ts";
import type { RunLocallyOptions } from "./options.ts";
import { EXIT, runLocally } from "./run.ts";

/** Not the blocking kind: the GitHub that git talks to lives in this process. */
const execute = promisify(execFile);
const git = async (cwd: string, ...args: string[]) => (await execute("git", args, { cwd })).stdout;

const NAME = "acme/fairshare";
let directory = "";
let github: LocalGitHub;
let recording: Recording;
let work = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "aicd-run-github-"));
  const source = join(directory, "source");
  await cp(example.repositoryDirectory, source, { recursive: true });
  github = await startLocalGitHub({ directory: join(directory, "github") });
  await github.createUser("ada");
  await github.createUser("eve");
  await github.createOrganization("acme", { owner: "ada" });
  await github.createRepository("acme", "fairshare", { from: source });
  await github.addCollaborator(NAME, "ada", "admin");
});
afterAll(async () => {
  await github.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
});
beforeEach(async () => {
  recording = await startRecording();
  work = await mkdtemp(join(directory, "work-"));
});
afterEach(() => recording.stop());

async function run(overrides: Partial<RunLocallyOptions> = {}) {
  let output = "";
  const exitCode = await runLocally({
    repo: NAME,
    issue: "#1",
    yes: true,
    sandbox: "process",
    directory: work,
    env: {
      base: {
        ...baseEnv(),
        GIT_AUTHOR_NAME: "T",
        GIT_AUTHOR_EMAIL: "t@x",
        GIT_COMMITTER_NAME: "T",
        GIT_COMMITTER_EMAIL: "t@x",
      },
      model: {
        anthropicKey: "none",
        anthropicUrl: recording.url,
        openaiKey: undefined,
        openaiUrl: undefined,
      },
      githubToken: github.as("ada").token,
      githubUrls: { server: github.url, api: github.url },
    },
    write: (text) => {
      output += text;
    },
    signal: new AbortController().signal,
    ...overrides,
  });
  return { exitCode, output };
}

async function pulls() {
  const headers = { authorization: `Bearer ${github.as("ada").token}` };
  const answer = await fetch(`${github.url}/repos/${NAME}/pulls?state=all`, { headers });
  return (await answer.json()) as {
    draft: boolean;
    body: string;
    title: string;
    head: { ref: string; sha: string };
  }[];
}

describe("aicd run with a repository on GitHub", { timeout: 120_000 }, () => {
  it("clones, works, and opens one draft pull request with the proof", async () => {
    const issue = await github
      .as("ada")
      .openIssue(NAME, { title: example.issueTitle, body: example.issueBody });

    const { exitCode, output } = await run({ issue: `#${issue.number}` });

    expect(exitCode, output).toBe(EXIT.done);
    expect(recording.unmatched()).toEqual([]);
    const [pull] = await pulls();
    expect(output).toContain(`draft  `);
    expect(pull).toMatchObject({ draft: true, title: "Split amounts without losing cents" });
    expect(pull?.body).toContain(`Fixes #${issue.number}`);
    expect(pull?.body).toMatch(/\| after \| `npm test` \| 0 \|/);
    const clone = join(work, "fairshare");
    await git(clone, "fetch", "--quiet", "origin", pull?.head.ref ?? "");
    expect(await git(clone, "show", "--stat", "FETCH_HEAD")).toContain("split.js");
    // The token is in nobody's configuration.
    expect(await git(clone, "config", "--list")).not.toContain("uthorization");
    expect(github.unexpected).toEqual([]);
  });

  it("takes the issue's URL for a checkout that is here already, and asks before it carries the plan out", async () => {
    const issue = await github
      .as("ada")
      .openIssue(NAME, { title: example.issueTitle, body: example.issueBody });
    await git(work, "clone", "--quiet", `${github.url}/${NAME}.git`, "here");
    const asked: string[] = [];
    const answer = (text: string) => async (question: string) => {
      asked.push(question);
      return text;
    };
    const options = { repo: "here", issue: `${github.url}/${NAME}/issues/${issue.number}`, yes: false };
    const before = (await pulls()).length;

    const declined = await run({ ...options, ask: answer("no, not like this") });
    expect(declined.exitCode).toBe(EXIT.declined);
    expect(declined.output).toContain("Nothing was changed");
    await recording.stop();
    recording = await startRecording();
    const accepted = await run({ ...options, ask: answer("y"), local: true });

    expect(accepted.exitCode, accepted.output).toBe(EXIT.done);
    expect(accepted.output).toContain("No pull request: --local");
    expect(asked).toEqual(["Carry it out? [y/N] ", "Carry it out? [y/N] "]);
    expect(await pulls()).toHaveLength(before);
  });

  it("keeps branch and patch and says why when GitHub does not take the change", async () => {
    const issue = await github
      .as("ada")
      .openIssue(NAME, { title: example.issueTitle, body: example.issueBody });
    const here = join(work, "here");
    await git(work, "clone", "--quiet", `${github.url}/${NAME}.git`, "here");
    await writeFile(join(here, "local.txt"), "not pushed\n");
    const identity = ["-c", "user.name=T", "-c", "user.email=t@x"];
    await git(here, "add", "--all");
    await git(here, ...identity, "commit", "--quiet", "--message", "not pushed");

    const { exitCode, output } = await run({ repo: "here", issue: `#${issue.number}` });

    expect(exitCode).toBe(EXIT.failed);
    expect(output).toContain("Push it first");
    expect(output).toMatch(/patch {2}\S+\.patch/);
    expect(existsSync(/patch {2}(\S+)/.exec(output)?.[1] ?? "")).toBe(true);
  });

  it("K1: says before it spends how the branch will be called where our folder's name is taken, and opens the draft", async () => {
    const place = "acme/taken";
    await github.createRepository("acme", "taken", { from: join(directory, "source") });
    await github.addCollaborator(place, "ada", "admin");
    const issue = await github
      .as("ada")
      .openIssue(place, { title: example.issueTitle, body: example.issueBody });
    const headers = { authorization: `Bearer ${github.as("ada").token}` };
    const get = async <T>(path: string) =>
      (await (await fetch(`${github.url}/repos/${place}${path}`, { headers })).json()) as T;
    const { object } = await get<{ object: { sha: string } }>("/git/ref/heads/main");
    const body = JSON.stringify({ ref: "refs/heads/aicd", sha: object.sha });
    await fetch(`${github.url}/repos/${place}/git/refs`, { method: "POST", headers, body });

    const { exitCode, output } = await run({ repo: place, issue: `#${issue.number}` });

    expect(exitCode, output).toBe(EXIT.done);
    const [told, planning] = ["a branch is called `aicd`", "planning"].map((words) => output.indexOf(words));
    expect(told).toBeGreaterThan(-1);
    expect(told).toBeLessThan(planning ?? 0);
    const [pull] = await get<{ head: { ref: string } }[]>("/pulls");
    expect(pull?.head.ref).toMatch(new RegExp(`^aicd-issue-${issue.number}-`));
  });

  it.each([
    [{ issue: "#999" }, "is not there, or the token may not see it"],
    [{ issue: "issue.md" }, "cannot be read"],
    [{ repo: "acme/nothing" }, "clone failed"],
  ])("says what is wrong with %j", async (overrides, words) => {
    await expect(run(overrides)).rejects.toThrow(words);
  });
});
