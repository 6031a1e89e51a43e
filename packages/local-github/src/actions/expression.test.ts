import { describe, expect, it } from "vitest";
import { evaluate, interpolate } from "./expression.ts";

const context = {
  inputs: { "attempt-id": "att_1", empty: "", flag: true },
  github: { event: { client_payload: { issue: 7, list: ["a", "b"] } }, Actor: "Mona" },
};

describe("an expression", () => {
  it.each([
    ["inputs.attempt-id", "att_1"],
    ["github.event.client_payload.issue", 7],
    ["github.event.client_payload.list[1]", "b"],
    ["github['event'].client_payload['issue']", 7],
    ["github.actor", "Mona"],
    ["github.event.nothing.below", null],
    ["inputs.empty || 'fallback'", "fallback"],
    ["inputs.flag && 'yes' || 'no'", "yes"],
    ["!inputs.flag", false],
    ["github.actor == 'MONA'", true],
    ["github.event.client_payload.issue == '7'", true],
    ["1 != 2 && (true || false)", true],
    ["'it''s'", "it's"],
    ["contains(github.event.client_payload.list, 'a')", true],
    ["startsWith('refs/heads/x', 'refs/heads/')", true],
    ["format('{0}-{1}', 'a', 2)", "a-2"],
    ["fromJSON('{\"x\":[1]}').x[0]", 1],
    ["toJSON(github.event.client_payload.list)", '[\n  "a",\n  "b"\n]'],
    ["join(github.event.client_payload.list, '+')", "a+b"],
  ])("%s is %j", (source, value) => {
    expect(evaluate(source, context)).toEqual(value);
  });

  it("is replaced in text, null by nothing", () => {
    expect(interpolate(`run \${{ inputs.attempt-id }} of \${{ github.nothing }}!`, context)).toBe(
      "run att_1 of !",
    );
  });

  it.each([
    ["hashFiles('x')", 'unknown function "hashFiles"'],
    ["matrix.os", 'unknown name "matrix"'],
    ["inputs.a b", 'unexpected "b"'],
    ["(1", 'expected ")"'],
    ["1 # 2", "cannot read the expression"],
  ])("%s is refused, not guessed", (source, message) => {
    expect(() => evaluate(source, context)).toThrow(message);
  });
});
