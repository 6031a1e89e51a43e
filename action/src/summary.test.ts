import { showHidden } from "@aicd/core";
import { HOSTILE, hostileText, render } from "@aicd/github/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { summary } from "./summary.ts";

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
