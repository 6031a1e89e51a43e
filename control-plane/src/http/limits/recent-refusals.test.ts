import { expect, it } from "vitest";
import { createRecentRefusals } from "./recent-refusals.ts";

const rate = { name: "caller", capacity: 5, windowS: 60 };
const refused = { granted: false, rate, remaining: 0, waitS: 10 };

it("repeats a refusal to the one who got it, with what is left to wait, until it is over", () => {
  let now = 1_000;
  const refusals = createRecentRefusals(() => now);

  refusals.note("Bearer loud", refused);
  now += 3_500;

  expect(refusals.stillHolding("Bearer loud")).toEqual({ ...refused, waitS: 7 });
  expect(refusals.stillHolding("Bearer quiet")).toBeUndefined();
  now += 6_500;
  expect(refusals.stillHolding("Bearer loud")).toBeUndefined();
});

it("remembers only so many", () => {
  const refusals = createRecentRefusals(() => 0);

  for (let caller = 0; caller <= 10_000; caller++) refusals.note(`Bearer ${caller}`, refused);

  expect(refusals.stillHolding("Bearer 0")).toBeUndefined();
  expect(refusals.stillHolding("Bearer 1")).toBeDefined();
});
