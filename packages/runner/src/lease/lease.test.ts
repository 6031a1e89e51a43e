import { FencedError } from "@aicd/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEventLog } from "./events.ts";
import { startHeartbeat } from "./heartbeat.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const note = (text: string) => ({ type: "note.made", text }) as const;

describe("event log", () => {
  it("numbers events from where the control plane is, and sends what gathered within a second", async () => {
    const sent: number[][] = [];
    const log = createEventLog({
      nextSeq: 7,
      send: async (events) => void sent.push(events.map(({ seq }) => seq)),
      onError: () => undefined,
    });
    for (const text of ["a", "b", "c"]) log.add(note(text));

    await vi.advanceTimersByTimeAsync(1_000);
    log.add(note("d"));
    await log.flush();

    expect(sent).toEqual([[7, 8, 9], [10]]);
    log.close();
  });

  it("sends in batches the control plane takes", async () => {
    const sizes: number[] = [];
    const log = createEventLog({
      nextSeq: 0,
      send: async (events) => void sizes.push(events.length),
      onError: () => undefined,
    });
    for (let n = 0; n < 450; n++) log.add(note(String(n)));

    await log.flush();

    expect(sizes).toEqual([200, 200, 50]);
    log.close();
  });

  it("loses nothing when sending fails for a while", async () => {
    const accepted: number[] = [];
    const errors: unknown[] = [];
    let away = true;
    const log = createEventLog({
      nextSeq: 0,
      async send(events) {
        if (away) throw new Error("away");
        accepted.push(...events.map(({ seq }) => seq));
      },
      onError: (error) => errors.push(error),
    });
    log.add(note("a"));
    await vi.advanceTimersByTimeAsync(1_000);
    log.add(note("b"));
    await expect(log.flush()).rejects.toThrow("away");
    away = false;

    await log.flush();

    expect(accepted).toEqual([0, 1]);
    expect(errors).toHaveLength(1);
    log.close();
  });
});

describe("heartbeat", () => {
  function start(beat: () => Promise<{ leaseMs: number; cancel: { reason: string } | null }>) {
    const heard: string[] = [];
    const heartbeat = startHeartbeat({
      beat,
      everyMs: 15_000,
      leaseMs: 60_000,
      now: () => Date.now(),
      onCancel: (reason) => heard.push(`cancel: ${reason}`),
      onLost: (why) => heard.push(`lost: ${why}`),
    });
    return { heard, heartbeat };
  }

  it("hears a cancel once", async () => {
    const { heard, heartbeat } = start(async () => ({ leaseMs: 60_000, cancel: { reason: "not needed" } }));

    await vi.advanceTimersByTimeAsync(120_000);

    expect(heard).toEqual(["cancel: not needed"]);
    heartbeat.stop();
  });

  it("survives beats that fail, as long as one gets through within a lease", async () => {
    let beats = 0;
    const { heard, heartbeat } = start(async () => {
      beats += 1;
      if (beats % 3 !== 0) throw new Error("away");
      return { leaseMs: 60_000, cancel: null };
    });

    await vi.advanceTimersByTimeAsync(300_000);

    expect(heard).toEqual([]);
    heartbeat.stop();
  });

  it("takes a silent control plane for a lost lease", async () => {
    const { heard, heartbeat } = start(() => new Promise(() => undefined));

    await vi.advanceTimersByTimeAsync(90_000);

    expect(heard).toEqual(["lost: The control plane has not answered for a whole lease."]);
    heartbeat.stop();
  });

  it("knows at once when another runner has the attempt", async () => {
    const { heard, heartbeat } = start(async () => {
      throw new FencedError("Epoch 4 has it.");
    });

    await vi.advanceTimersByTimeAsync(15_000);

    expect(heard).toEqual(["lost: Epoch 4 has it."]);
    heartbeat.stop();
  });
});
