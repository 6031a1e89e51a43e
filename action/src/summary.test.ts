import { showHidden } from "@aicd/core";
import { HOSTILE, hostileText, render } from "@aicd/github/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { linksOf, summary } from "./summary.ts";

it("the step summary shows a detail line by line, whatever it says", () => {
  const write = (detail: string) =>
    summary({ outcome: "failed", detail, costMicroUsd: 1, planHash: "a1b2c3d4e5f6" } as never);
  const frame = render(write("word")).skeleton;
  const check = (detail: string) => {
    if (detail === "") return;
    const { skeleton, code } = render(write(detail));
    expect(skeleton).toEqual(frame);
    expect(code.at(-1)).toBe(`${showHidden(detail.replaceAll(/\r\n?/g, "\n"))}\n`);
  };
  for (const text of HOSTILE) check(text);
  fc.assert(fc.property(hostileText, check), { numRuns: 60 });
});

it("the step summary has the evidence as a table, and the ways to the thread and the dashboard", () => {
  const run = { command: "npm test", exitCode: 0, durationMs: 1_200, outputTail: "" };
  const evidence = {
    ...{ setup: [], sandbox: "bwrap" },
    before: [{ ...run, exitCode: 1, tests: { passed: 1, failed: 1, skipped: 0 } }],
    after: [{ ...run, tests: { passed: 2, failed: 0, skipped: 0 } }],
  };
  const grant = {
    ...{ taskId: "tsk_1", repository: { owner: "acme", name: "widget", defaultBranch: "main" } },
    snapshot: { issue: { number: 3, url: "https://github.com/acme/widget/issues/3" } },
  } as never;

  const text = summary(
    { outcome: "approved", detail: "", costMicroUsd: 120_000, evidence },
    linksOf(grant, "https://aicd.example/"),
  );

  expect(text).toContain(
    "Model cost $0.12 · [Issue #3](https://github.com/acme/widget/issues/3) · [Dashboard](https://aicd.example/organizations/acme/tasks/tsk_1)",
  );
  expect(text).toContain("| after | `npm test` | 0 | 2 passed, 0 failed, 0 skipped | 1.2 s |");
  expect(text).toContain("Tests: 1 passed before, **2 passed after**, 0 failed.");
});
