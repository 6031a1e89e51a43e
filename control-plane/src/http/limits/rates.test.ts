import { beforeEach, expect, test, vi } from "vitest";
import { createRateLimiter } from "./rate-limiter.ts";
import { neighbourhood, type Rate, rateHeaders } from "./rates.ts";

const rate: Rate = { name: "caller", capacity: 3, windowS: 30 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  return () => vi.useRealTimers();
});
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

test("a caller gets the capacity at once, is refused the next and told when to come back", async () => {
  const limiter = createRateLimiter();

  const grants = [];
  for (let i = 0; i < 4; i++) {
    grants.push(await limiter.take(rate, "key_1"));
    pass(1_000);
  }

  expect(grants.map(({ granted }) => granted)).toEqual([true, true, true, false]);
  expect(grants.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0]);
  expect(grants[3]?.waitS).toBe(27);
});

test("waiting as long as was said is enough, and a refused request costs nothing", async () => {
  const limiter = createRateLimiter();
  for (let i = 0; i < 4; i++) await limiter.take(rate, "key_1");
  const refused = await limiter.take(rate, "key_1");

  pass(refused.waitS * 1_000);

  expect(await limiter.take(rate, "key_1")).toMatchObject({ granted: true, remaining: 2 });
});

test("one caller's flood leaves another's share whole", async () => {
  const limiter = createRateLimiter();
  for (let i = 0; i < 100; i++) await limiter.take(rate, "key_1");

  expect(await limiter.take(rate, "key_2")).toMatchObject({ granted: true, remaining: 2 });
});

test("the headers name policy and state, the scarcest first", async () => {
  const limiter = createRateLimiter();
  const wide: Rate = { name: "organization", capacity: 100, windowS: 60 };

  const headers = rateHeaders([await limiter.take(wide, "ten_1"), await limiter.take(rate, "key_1")]);

  expect(headers).toEqual({
    "ratelimit-policy": '"organization";q=100;w=60, "caller";q=3;w=30',
    ratelimit: '"caller";r=2;t=30, "organization";r=99;t=60',
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
