import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCommand, VERBS } from "./command.ts";

describe("a command on a thread", () => {
  it.each([
    ["/aicd", { verb: "plan", text: "" }],
    ["/AICD Plan", { verb: "plan" }],
    ["@aicd run --model gpt-5 --budget $5", { verb: "run", flags: { model: "gpt-5", budgetUsd: 5 } }],
    ["thanks!\n/aicd approve 0123456789AB", { verb: "approve", hash: "0123456789ab" }],
    [
      "/aicd revise use the cache\nand keep the tests",
      { verb: "revise", text: "use the cache\nand keep the tests" },
    ],
    ["/aicd --base=release/2", { verb: "plan", flags: { base: "release/2" } }],
    ["/aicd cancel", { verb: "cancel" }],
  ])("%j is understood", (body, expected) => {
    expect(parseCommand(body)).toMatchObject({ kind: "command", ...expected });
  });

  it.each([
    "please do /aicd run",
    "> /aicd run",
    "```\n/aicd run\n```",
    "~~~~\n/aicd run\n~~~\n/aicd run\n~~~~",
    "/aicdc run",
    "    /aicd run",
    "no command here",
  ])("%j is somebody else's words", (body) => {
    expect(parseCommand(body)).toBeUndefined();
  });

  it.each([
    ["/aicd dance", "not a command"],
    ["/aicd approve", "12-character hash"],
    ["/aicd approve nothex-at-all", "12-character hash"],
    ["/aicd revise", "needs to know"],
    ["/aicd run --budget nine", "dollars"],
    ["/aicd run --budget 0", "dollars"],
    ["/aicd run --speed fast", "not a flag"],
    ["/aicd run --model", "needs a value"],
  ])("%j is answered with what is wrong", (body, problem) => {
    expect(parseCommand(body)).toMatchObject({ kind: "unclear", problem: expect.stringContaining(problem) });
  });

  it("never throws and never invents a verb", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const command = parseCommand(`/aicd ${text}`);
        if (command?.kind === "command") expect(VERBS).toContain(command.verb);
      }),
      { numRuns: 2_000 },
    );
  });
});
