import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MockAgent } from "@aicd/agents";
import type { LeaseGrant } from "@aicd/protocol";
import { afterEach, expect, it, vi } from "vitest";
import { type Cleanups, createWorld, drive, MEND } from "../testing/sums.ts";

const cleanups: Cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const CHECK = "echo ran >> ran.txt; node --test";
const PROGRAM = { provider: "anthropic", model: "m", agent: "claude-code" } as const;

/** How often the check had run when the plan was handed in, and when the change was. */
async function runsOf(options: { auto: boolean; models?: LeaseGrant["models"]; waits: boolean }) {
  const { waits, ...grant } = options;
  const given = await createWorld(cleanups, { ...grant, settings: { checks: [CHECK] } });
  const marks = join(given.repository.workspaceDir, "ran.txt");
  const count = async () => (await readFile(marks, "utf8").catch(() => "")).split("ran").length - 1;
  const agent = new MockAgent({ codes: MEND });
  const { plan, code } = agent;
  const seen = { planned: 0, coded: 0 };
  agent.plan = async (...input) => {
    if (waits) await vi.waitUntil(async () => (await count()) > 0, { timeout: 20_000 });
    seen.planned = await count();
    return plan.apply(agent, input);
  };
  agent.code = async (...input) => {
    seen.coded = await count();
    return code.apply(agent, input);
  };
  const report = await drive(given, agent);
  const told = given.plane.events.flatMap((event) => (event.type === "check.run" ? [event.exitCode] : []));
  return { report, seen, told };
}

it("checks on the untouched commit run while the plan is made, once, and are told when they count", async () => {
  const { report, seen, told } = await runsOf({ auto: true, waits: true });

  expect(report.outcome).toBe("approved");
  expect(seen).toEqual({ planned: 1, coded: 1 });
  expect(told).toEqual([0, 0]);
});

it("wait where a person is to approve the plan first", async () => {
  const { report, seen } = await runsOf({ auto: false, waits: false });

  expect(report.outcome).toBe("planned");
  expect(seen.planned).toBe(0);
});

it("wait for an agent program, which looks at the tree by its own means", async () => {
  const models = { planner: PROGRAM, coder: PROGRAM, critic: PROGRAM };
  const { seen } = await runsOf({ auto: true, models, waits: false });

  expect(seen).toEqual({ planned: 0, coded: 1 });
});
