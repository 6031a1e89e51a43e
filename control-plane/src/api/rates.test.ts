import { expect, test } from "vitest";
import { createRateLimiter, neighbourhood, type Rate, rateHeaders } from "./rates.ts";

const rate: Rate = { name: "caller", capacity: 3, windowS: 30 };

function fakeClock() {
  let at = 1_000_000;
  return { now: () => at, pass: (ms: number) => (at += ms) };
}

test("a bucket gives its capacity at once, refuses the next and says when to come back", () => {
  const clock = fakeClock();
  const limiter = createRateLimiter(clock.now);

  const grants = [1, 2, 3, 4].map(() => limiter.take(rate, "key_1"));

  expect(grants.map(({ granted }) => granted)).toEqual([true, true, true, false]);
  expect(grants.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0]);
  expect(grants[3]?.waitS).toBe(10);
});

test("waiting as long as was said is enough, and a refused request costs nothing", () => {
  const clock = fakeClock();
  const limiter = createRateLimiter(clock.now);
  for (let i = 0; i < 3; i++) limiter.take(rate, "key_1");
  const refused = limiter.take(rate, "key_1");
  limiter.take(rate, "key_1");

  clock.pass(refused.waitS * 1_000);

  expect(limiter.take(rate, "key_1").granted).toBe(true);
  expect(limiter.take(rate, "key_1").granted).toBe(false);
});

test("one caller's flood leaves another's bucket full", () => {
  const limiter = createRateLimiter(fakeClock().now);
  for (let i = 0; i < 100; i++) limiter.take(rate, "key_1");

  expect(limiter.take(rate, "key_2")).toMatchObject({ granted: true, remaining: 2 });
});

test("looking takes nothing, and a clock set back gives nothing", () => {
  const clock = fakeClock();
  const limiter = createRateLimiter(clock.now);
  limiter.take(rate, "key_1");
  clock.pass(-60_000);

  expect(limiter.peek(rate, "key_1").remaining).toBe(2);
  expect(limiter.peek(rate, "key_1").remaining).toBe(2);
});

test("the headers name policy and state, the scarcest first", () => {
  const limiter = createRateLimiter(fakeClock().now);
  const wide: Rate = { name: "organization", capacity: 100, windowS: 60 };

  const headers = rateHeaders([limiter.take(wide, "ten_1"), limiter.take(rate, "key_1")]);

  expect(headers).toEqual({
    "ratelimit-policy": '"organization";q=100;w=60, "caller";q=3;w=30',
    ratelimit: '"caller";r=2;t=10, "organization";r=99;t=1',
  });
});

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
])("counts %s as %s", (ip, as) => {
  expect(neighbourhood(ip)).toBe(as);
});
