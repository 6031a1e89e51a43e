import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { INPUTS, OUTPUTS } from "./constants.ts";
import { readEnv } from "./env.ts";
import { readInputs } from "./inputs.ts";
import { summary } from "./summary.ts";

const room = join(import.meta.dirname, "..");
const manifest = readFileSync(join(room, "..", "action.yml"), "utf8");

/** Keys two spaces below a top-level one. */
function keysOf(section: string): string[] {
  const body = manifest.split(new RegExp(`^${section}:\n`, "m"))[1]?.split(/^\S/m)[0] ?? "";
  return [...body.matchAll(/^ {2}([a-z-]+):/gm)].map(([, key]) => key ?? "");
}

describe("action.yml", () => {
  it("declares exactly the inputs and outputs the code knows", () => {
    expect(keysOf("inputs").sort()).toEqual(Object.values(INPUTS).sort());
    expect(keysOf("outputs").sort()).toEqual(Object.values(OUTPUTS).sort());
  });

  it("names a program that is there", () => {
    const main = /main: (\S+)/.exec(manifest)?.[1] ?? "";

    expect(existsSync(join(room, "..", main))).toBe(true);
  });

  it("comes with a workflow that can only read and prove who it is", () => {
    const workflow = readFileSync(join(room, "examples", "aicd.yml"), "utf8");

    expect(/^permissions:\n((?: {2}.*\n)+)/m.exec(workflow)?.[1]).toBe(
      "  contents: read\n  id-token: write\n",
    );
    expect(workflow).toContain("persist-credentials: false");
    expect(workflow).not.toMatch(/pull_request|issue_comment/);
    // What it runs is the same for everybody: nothing of an event stands in a shell line.
    const scripts = [...workflow.matchAll(/^( *)run: \|\n((?:\1 +.*\n)+)/gm)].map(
      ([, , script = ""]) => script,
    );
    expect(scripts).toHaveLength(1);
    expect(scripts.join("")).toContain("bubblewrap");
    expect(scripts.join("")).not.toContain("${{");
    expect(workflow).not.toMatch(/run: [^|]/);
  });
});

describe("the standalone workflow", () => {
  const workflow = readFileSync(join(room, "examples", "standalone.yml"), "utf8");
  const job = (name: string) =>
    new RegExp(`^  ${name}:\\n((?:    .*\\n|\\n|  #.*\\n)*)`, "m").exec(workflow)?.[1] ?? "";
  const permissions = (name: string) => /^ {4}permissions:\n((?: {6}.*\n)+)/m.exec(job(name))?.[1] ?? "";

  it("lets the job with the model write nothing, and the job that writes run nothing", () => {
    expect(workflow).toContain("permissions: {}");
    expect(permissions("agent")).not.toContain("write");
    expect(permissions("publish")).toContain("contents: write");
    expect(job("publish")).not.toMatch(/checkout|api-key|^ *(?:- )?run: /m);
    expect(workflow).not.toMatch(/pull_request_target|issue_comment/);
  });
});

describe("inputs", () => {
  const get = (values: Record<string, string>) => (name: string) => values[name] ?? "";
  const good = { "control-plane-url": "https://aicd.example.com", "attempt-id": "att_1", "run-key": "rk_1" };

  const env = readEnv({ GITHUB_WORKSPACE: "/w", RUNNER_TEMP: "/t" });
  const alone = { mode: "standalone", "issue-number": "7", "github-token": "t", "openai-api-key": "k" };

  it("are settings when they are complete", () => {
    expect(readInputs(get(good), env)).toEqual({
      mode: "leased",
      work: {
        controlPlaneUrl: "https://aicd.example.com",
        attemptId: "att_1",
        runKey: "rk_1",
        githubToken: "",
      },
    });
    expect(
      readInputs(get({ ...alone, mode: "", "budget-usd": "2.5", provider: "openai" }), env),
    ).toMatchObject({
      mode: "standalone",
      work: { issueNumber: 7, openaiApiKey: "k", provider: "openai", budgetUsd: 2.5 },
    });
    expect(readInputs(get({ ...alone, mode: "publish", artifact: "/t/change" }), env)).toEqual({
      mode: "publish",
      work: { artifact: "/t/change", issueNumber: 7, githubToken: "t" },
    });
  });

  it.each([
    [{ ...good, "attempt-id": "", "run-key": "a b" }, ["attempt-id", "run-key"]],
    [{ ...good, "control-plane-url": "ftp://x" }, ["control-plane-url"]],
    [{ ...good, mode: "magic" }, ["magic"]],
    [{ mode: "leased" }, ["control-plane-url", "attempt-id", "run-key"]],
    [{}, ["issue-number", "control-plane-url", "github-token", "anthropic-api-key"]],
    [{ ...alone, "budget-usd": "much", provider: "x" }, ["budget-usd", "provider"]],
    [{ ...alone, mode: "publish", "issue-number": "0" }, ["issue-number", "artifact"]],
  ])("name every problem of %o at once", (values, named) => {
    const read = () => readInputs(get(values), env);

    for (const name of named) expect(read).toThrow(name);
  });
});

describe("readEnv", () => {
  it("says what is missing outside a workflow", () => {
    expect(() => readEnv({})).toThrow("GITHUB_WORKSPACE, RUNNER_TEMP");
  });
});

describe("summary", () => {
  it("keeps quoted text inside its fence", () => {
    const text = summary({
      outcome: "failed",
      reason: "checks_failed",
      detail: "a\n````\n# Title",
      costMicroUsd: 5,
    });

    expect(text.split("\n").slice(4)).toEqual(["`````text", "a", "````", "# Title", "`````", ""]);
  });
});
