import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Command } from "./plan.ts";
import { deriveReplica, type Expected, REPLICAS } from "./testing/replica.ts";

const names = readdirSync(REPLICAS);

describe("what is derived from replicas of real layouts", () => {
  it("covers at least forty kinds", () => expect(names.length).toBeGreaterThanOrEqual(40));

  it.each(names)("is what people who work on %s would run", (name) => {
    const expected = JSON.parse(readFileSync(join(REPLICAS, name, "expected.json"), "utf8")) as Expected;

    const found = deriveReplica(name, expected.machine ?? {});

    expect({
      setup: found.setup.map(line),
      checks: found.checks.map(line),
      notes: found.notes,
      missing: found.missing,
    }).toEqual({
      setup: expected.setup,
      checks: expected.checks,
      notes: expected.notes ?? [],
      missing: expected.missing ?? [],
    });
  });
});

function line({ kind, run, from }: Command): string {
  return `${kind}: ${run} <- ${from}`;
}
