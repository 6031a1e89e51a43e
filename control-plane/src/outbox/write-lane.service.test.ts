import { createTestDatabase } from "@aicd/db/testing";
import { lettingOthersFirst, onBehalfOf } from "@aicd/github";
import { beforeEach, expect, it } from "vitest";
import { Postponed } from "./postponed.ts";
import { createWriteLane } from "./write-lane.ts";

const { pool } = await createTestDatabase();
const OURS = 7;
const THEIRS = 8;
const now = () => Date.now();

beforeEach(() => pool.query("TRUNCATE write_turns"));

const laneOf = (intervalMs: number) => createWriteLane({ pool, intervalMs, now });

/** As a job of a worker asks: the outcome, and when it came. */
function asJob(work: () => Promise<void>, options: { hasTurn?: boolean; signal?: AbortSignal } = {}) {
  const { hasTurn = false, signal = new AbortController().signal } = options;
  return onBehalfOf({ hasTurn, signal }, work).then(
    () => "written" as const,
    (error: unknown) => {
      if (error instanceof Postponed) return { delayMs: error.delayMs, hasTurn: error.hasTurn };
      throw error;
    },
  );
}

it("gives each its own turn, whatever process asks, and those far off come back at theirs", async () => {
  const processes = [laneOf(2_000), laneOf(2_000)];

  const outcomes = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      asJob(() => processes[index % 2]?.turn(OURS, "change") ?? Promise.resolve()),
    ),
  );

  const later = outcomes.filter((outcome) => outcome !== "written");
  expect(outcomes).toContain("written");
  expect(later.every(({ hasTurn }) => hasTurn)).toBe(true);
  // One now, the others two seconds apart.
  const turns = later.map(({ delayMs }) => Math.round(delayMs / 2_000)).sort((a, b) => a - b);
  expect(turns).toEqual([1, 2, 3, 4, 5]);
});

it("makes no installation wait for another", async () => {
  const lane = laneOf(60_000);
  await asJob(() => lane.turn(OURS, "content"));

  expect(await asJob(() => lane.turn(OURS, "content"))).toMatchObject({ hasTurn: true });
  expect(await asJob(() => lane.turn(THEIRS, "content"))).toBe("written");
});

it("lets a job that comes at its turn write at once, and asks it to queue for the next write", async () => {
  const lane = laneOf(60_000);
  await asJob(() => lane.turn(OURS, "content"));

  const outcome = await asJob(
    async () => {
      await lane.turn(OURS, "content");
      await lane.turn(OURS, "content");
    },
    { hasTurn: true },
  );

  expect(outcome).toMatchObject({ hasTurn: true });
  const { rows } = await pool.query("SELECT next_at - now() > interval '100 s' AS queued FROM write_turns");
  expect(rows).toEqual([{ queued: true }]);
});

it("holds everybody off while GitHub has asked for a pause, and nobody else's installation", async () => {
  const [lane, other] = [laneOf(0), laneOf(0)];

  const told = await lane.pause(OURS, 90_000);

  expect(told).toMatchObject({ delayMs: 90_000, hasTurn: false });
  expect(() => lane.insistOnOpen(OURS)).toThrow(Postponed);
  expect(() => lane.insistOnOpen(THEIRS)).not.toThrow();
  // Another process has heard nothing, and learns it where it would write; a job with a turn has none now.
  expect(await asJob(() => other.turn(OURS, "content"))).toMatchObject({ delayMs: expect.any(Number) });
  expect(await asJob(() => other.turn(OURS, "content"), { hasTurn: true })).toMatchObject({ hasTurn: false });
  expect(await asJob(() => other.turn(THEIRS, "content"))).toBe("written");
});

it("counts an hour's content, and puts what is over it off to the next", async () => {
  const lane = laneOf(0);
  await asJob(() => lane.turn(OURS, "content"));
  await pool.query("UPDATE write_turns SET window_count = 480, window_at = now() - interval '30 minutes'");

  const change = await asJob(() => lane.turn(OURS, "change"));
  const content = await asJob(() => lane.turn(OURS, "content"));

  expect(change).toBe("written");
  expect(content).toMatchObject({ hasTurn: true });
  expect(Math.round((content as { delayMs: number }).delayMs / 60_000)).toBe(30);
  // The next hour begins with it.
  expect((await pool.query("SELECT window_count FROM write_turns")).rows).toEqual([{ window_count: 1 }]);
});

it("lets everybody else go before a caller who yields, and keeps no turn for it", async () => {
  const lane = laneOf(10_000);
  const yielding = () => asJob(() => lettingOthersFirst(() => lane.turn(OURS, "content")));
  await asJob(() => lane.turn(OURS, "content"));

  const outcome = await yielding();

  expect(outcome).toMatchObject({ hasTurn: false });
  expect((outcome as { delayMs: number }).delayMs).toBeGreaterThan(10_000);
  expect(await asJob(() => lane.turn(OURS, "content"))).toMatchObject({
    delayMs: expect.closeTo(10_000, -3),
  });
  await pool.query("UPDATE write_turns SET next_at = now()");
  expect(await yielding()).toBe("written");
});

it("leaves the second half of an hour's content to those who cannot wait", async () => {
  const lane = laneOf(0);
  const yielding = (kind: "content" | "change") =>
    asJob(() => lettingOthersFirst(() => lane.turn(OURS, kind)));
  await asJob(() => lane.turn(OURS, "content"));
  await pool.query("UPDATE write_turns SET window_count = 240, window_at = now() - interval '30 minutes'");

  const progress = await yielding("content");

  expect(progress).toMatchObject({ hasTurn: false });
  expect(Math.round((progress as { delayMs: number }).delayMs / 60_000)).toBe(30);
  expect(await yielding("change")).toBe("written");
  expect(await asJob(() => lane.turn(OURS, "content"))).toBe("written");
  await pool.query("UPDATE write_turns SET window_at = now() - interval '61 minutes'");
  expect(await yielding("content")).toBe("written");
});

it("keeps nobody whose job is over", async () => {
  const lane = laneOf(1_000);
  await asJob(() => lane.turn(OURS, "change"));
  const end = new AbortController();

  const waiting = asJob(() => lane.turn(OURS, "change"), { signal: end.signal });
  end.abort(new Error("the job is over"));

  await expect(waiting).rejects.toThrow();
});
