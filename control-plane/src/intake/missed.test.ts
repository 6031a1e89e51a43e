import { expect, it } from "vitest";
import { missedDeliveries, SPACING_MS, type Try } from "./missed.ts";

const NOW = 1_000_000_000_000;
const MINUTE = 60_000;

/** Tries of one delivery, so many minutes ago each. */
function tried(guid: string, minutesAgo: number[], accepted = false): Try[] {
  return minutesAgo.map((minutes, index) => ({
    id: Number(guid) * 100 + index,
    guid,
    deliveredAt: NOW - minutes * MINUTE,
    accepted: accepted && index === minutesAgo.length - 1,
  }));
}

it.each([
  ["one that failed a moment ago", [0.5], []],
  ["one that failed a minute ago", [1], [100]],
  ["one that failed twice, the last time four minutes ago", [6, 4], []],
  ["one that failed twice, the last time five minutes ago", [6, 5], [101]],
  ["one whose tries are listed newest first", [5, 6], [100]],
  [
    "one that failed seven times, the last time half a day ago",
    [1_500, 1_400, 1_300, 1_200, 1_100, 900, 720],
    [106],
  ],
])("asks again for %s: %j → %j", (_, minutesAgo, again) => {
  expect(missedDeliveries(tried("1", minutesAgo), NOW)).toEqual({ again, lost: 0 });
});

it("asks for none that was accepted at any try", () => {
  expect(missedDeliveries(tried("1", [600, 500, 400], true), NOW)).toEqual({ again: [], lost: 0 });
});

it("gives one up after the last of its pauses, and says so", () => {
  const often = Array.from({ length: SPACING_MS.length + 1 }, (_, index) => 4_000 - index * 100);

  expect(missedDeliveries([...tried("1", often), ...tried("2", [10])], NOW)).toEqual({
    again: [200],
    lost: 1,
  });
});
