import { describe, expect, it } from "vitest";
import { createRates, GITHUB_LIMITS } from "./rates.ts";

const MINUTE = 60_000;

function rates(limits = {}) {
  let now = 1_000_000;
  const made = createRates({ ...GITHUB_LIMITS, ...limits }, () => now);
  return Object.assign(made, {
    pass: (ms: number) => {
      now += ms;
    },
  });
}

describe("writes of content", () => {
  it("are refused while blocked, and the wait does not grow by asking", () => {
    const made = rates({ contentPerMinute: 2 });
    made.write("a");
    made.write("a");

    const first = made.write("a");
    made.pass(MINUTE / 2);
    const second = made.write("a");
    made.pass(MINUTE / 2);
    const third = made.write("a");

    expect([first, second, third]).toEqual([60, 30, undefined]);
  });

  it("of the last hour are forgotten one by one", () => {
    const made = rates({ contentPerHour: 2 });
    made.write("a");
    made.pass(30 * MINUTE);
    made.write("a");

    const full = made.write("a");
    made.pass(30 * MINUTE);
    const room = made.write("a");
    const fullAgain = made.write("a");

    expect([full, room, fullAgain]).toEqual([60, undefined, 60]);
  });

  it("of one key leave another alone", () => {
    const made = rates({ contentPerMinute: 1 });
    made.write("a");

    expect([made.write("a"), made.write("b")]).toEqual([60, undefined]);
  });
});

describe("the requests of an hour", () => {
  it.each([
    ["anonymous", 60],
    ["job", 1000],
    ["user", 5000],
    ["installation", 5000],
    ["app", 5000],
  ] as const)("are %s %i", (caller, limit) => {
    expect(rates().take("a", caller, "core")).toMatchObject({ limit, used: 1, remaining: limit - 1 });
  });

  it("begin with the first of them and end with its hour", () => {
    const made = rates({ primary: { ...GITHUB_LIMITS.primary, user: 1 } });
    const first = made.take("a", "user", "core");
    made.pass(60 * MINUTE - 1);

    const over = made.take("a", "user", "core");
    made.pass(1);
    const next = made.take("a", "user", "core");

    expect(over).toBeUndefined();
    expect((next?.reset ?? 0) - (first?.reset ?? 0)).toBe(3600);
  });
});
