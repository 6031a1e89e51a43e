import { describe, expect, it } from "vitest";
import { createLog, parsePairs } from "./commands.ts";
import { parseWorkflow } from "./parse-workflow.ts";

const JOB = "jobs:\n  run:\n    runs-on: ubuntu-latest\n    steps:\n      - run: 'true'\n";

describe("a workflow file", () => {
  it("tells what starts it, what it may do and in which group it runs", () => {
    const file = parseWorkflow(`name: AI-CD
on:
  workflow_dispatch:
    inputs:
      attempt-id: { required: true }
      mode: { default: leased, type: choice, options: [leased, standalone] }
  repository_dispatch: { types: [aicd] }
permissions: { contents: read, pull-requests: none, id-token: write }
concurrency: { group: "aicd-\${{ inputs.attempt-id }}", queue: max }
${JOB}`);

    expect(file).toMatchObject({
      dispatch: { inputs: { "attempt-id": { required: true }, mode: { default: "leased" } } },
      repositoryDispatch: ["aicd"],
      permissions: { contents: "read", id_token: "write" },
      concurrency: { cancelInProgress: false, keepAll: true },
    });
    expect(file.permissions).not.toHaveProperty("pull_requests");
  });

  it("reads the trigger key that YAML 1.1 would take for a switch", () => {
    expect(parseWorkflow(`on: workflow_dispatch\n${JOB}`).dispatch).toEqual({ inputs: {} });
  });

  it.each([
    [
      `on: push\n${JOB.replace("steps:", "strategy: { matrix: {} }\n    steps:")}`,
      'jobs.run uses "strategy"',
    ],
    [`on: push\n${JOB.replace("steps:", "container: node\n    steps:")}`, 'jobs.run uses "container"'],
    [`on: push\n${JOB.replace("run: 'true'", "run: 'true'\n        shell: pwsh")}`, 'the shell "pwsh"'],
    [
      `on: push\n${JOB.replace("run: 'true'", "run: 'true'\n        continue-on-error: true")}`,
      "continue-on-error",
    ],
    [`on: push\n${JOB.replace("run: 'true'", "name: nothing")}`, 'needs either "uses" or "run"'],
    [`on: push\npermissions: { everything: write }\n${JOB}`, 'permissions uses "everything"'],
    [`on: push\ndefaults: {}\n${JOB}`, 'the workflow uses "defaults"'],
  ])("is refused for what this runner does not do (%#)", (source, message) => {
    expect(() => parseWorkflow(source)).toThrow(message);
  });
});

describe("a command file", () => {
  it("holds single lines and blocks", () => {
    expect(parsePairs("a=1\nurl=http://x/?a=b<<c\nb<<END\nline 1\nx=y\nEND\nc=\n")).toEqual({
      a: "1",
      url: "http://x/?a=b<<c",
      b: "line 1\nx=y",
      c: "",
    });
  });

  it.each([
    ["no value here", "Invalid format"],
    ["a<<END\nnever closed", "Matching delimiter not found"],
  ])("is refused when it is broken: %j", (content, message) => {
    expect(() => parsePairs(content)).toThrow(message);
  });
});

describe("a log", () => {
  it("hides secrets, those known and those announced, longest first", () => {
    const log = createLog();
    log.mask("hunter2-and-more");
    log.mask("hunter2");
    log.write("::add-mask::s3cret%0Aline");
    log.write("hunter2-and-more hunter2 s3cret");
    log.write("::error file=a.js,line=1::bad s3cret");
    log.write("::endgroup::");

    expect(log.text()).toBe("*** *** ***\n##[error]bad ***\n");
  });
});
