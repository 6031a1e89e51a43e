import { expect, it } from "vitest";
import { createDoors } from "./doors.ts";

const rate = { name: "caller", capacity: 5, windowS: 60 };
const refused = { granted: false, rate, remaining: 0, waitS: 10 };

it("repeats a refusal to the one who got it, with what is left to wait, until it is over", () => {
  let now = 1_000;
  const doors = createDoors(() => now);

  doors.shut("Bearer loud", refused);
  now += 3_500;

  expect(doors.isShut("Bearer loud")).toEqual({ ...refused, waitS: 7 });
  expect(doors.isShut("Bearer quiet")).toBeUndefined();
  now += 6_500;
  expect(doors.isShut("Bearer loud")).toBeUndefined();
});

it("remembers only so many", () => {
  const doors = createDoors(() => 0);

  for (let caller = 0; caller <= 10_000; caller++) doors.shut(`Bearer ${caller}`, refused);

  expect(doors.isShut("Bearer 0")).toBeUndefined();
  expect(doors.isShut("Bearer 1")).toBeDefined();
});
