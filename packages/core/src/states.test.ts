import { describe, expect, it } from "vitest";
import {
  isActive,
  isTerminal,
  nextState,
  sourcesOf,
  stateDiagram,
  TASK_STATES,
  TASK_TRANSITIONS,
  TASK_TRIGGERS,
  targetOf,
} from "./states.ts";

const pairs = TASK_STATES.flatMap((state) => TASK_TRIGGERS.map((trigger) => ({ state, trigger })));

describe("the task machine", () => {
  it.each(pairs)("moves $state on $trigger only where the table says so", ({ state, trigger }) => {
    const row: Record<string, string> = TASK_TRANSITIONS[state];

    expect(nextState(state, trigger, { hasPullRequest: false })).toBe(row[trigger]);
  });

  it.each(TASK_STATES.filter((state) => !isTerminal(state)))(
    "%s ends when its pull request is merged or closed",
    (state) => {
      expect(nextState(state, "pull_request.merged", { hasPullRequest: true })).toBe("MERGED");
      expect(nextState(state, "pull_request.closed", { hasPullRequest: true })).toBe("CLOSED");
    },
  );

  it.each(TASK_TRIGGERS)("%s leads to one state, whichever state it starts from", (trigger) => {
    const targets = new Set(
      TASK_STATES.map((state) => nextState(state, trigger, { hasPullRequest: true })).filter(Boolean),
    );

    expect([...targets]).toEqual([targetOf(trigger)]);
  });

  it.each(TASK_TRIGGERS)("the sources of %s are exactly the states it moves", (trigger) => {
    for (const hasPullRequest of [true, false]) {
      const moved = TASK_STATES.filter((state) => nextState(state, trigger, { hasPullRequest }));

      expect(sourcesOf(trigger, { hasPullRequest })).toEqual(moved);
    }
  });

  it("reaches every state from QUEUED", () => {
    const seen = new Set(["QUEUED"]);
    for (let before = 0; before !== seen.size; ) {
      before = seen.size;
      for (const { state, trigger } of pairs) {
        const to = nextState(state, trigger, { hasPullRequest: false });
        if (seen.has(state) && to !== undefined) seen.add(to);
      }
    }

    expect([...seen].sort()).toEqual([...TASK_STATES].sort());
  });

  it("lets every active state be cancelled or closed by a person", () => {
    for (const state of TASK_STATES.filter(isActive)) {
      const ends = TASK_TRIGGERS.filter((trigger) => {
        const to = nextState(state, trigger, { hasPullRequest: false });
        return to !== undefined && isTerminal(to);
      });

      expect(ends.length, state).toBeGreaterThan(0);
    }
  });

  it("draws every transition in the diagram", () => {
    const diagram = stateDiagram();
    for (const [from, row] of Object.entries(TASK_TRANSITIONS)) {
      for (const [trigger, to] of Object.entries(row)) {
        expect(diagram).toContain(`${from} --> ${to}: ${trigger}`);
      }
    }
  });
});
