import { APP_ROLE, createDatabase, SYSTEM_ROLE } from "@aicd/db";
import { createTestDatabase } from "@aicd/db/testing";
import { createLogger, createRedactor } from "@aicd/ops";
import { expect, it } from "vitest";
import { simulateFleet } from "./testing/simulation.ts";

const log = createLogger({ level: "silent", redactor: createRedactor() });

it("fifty jobs of six organisations, a cloud that fails and a control plane that is killed", async () => {
  // Its own: the sums are over all hours there are.
  const test = await createTestDatabase();
  const db = createDatabase({
    app: test.createPool({ role: APP_ROLE }),
    system: test.createPool({ role: SYSTEM_ROLE }),
  });
  const result = await simulateFleet({ db, log, jobs: 50, tenants: 6, seed: 7, hours: 1, roundMs: 20_000 });

  expect(result).toMatchObject({ jobs: 50, lost: 0, orphans: 0, crossed: 0, unexpected: [] });
  expect(result.ledgerEuros).toBe(result.euros);
  expect(result.rebuilt).toBeGreaterThan(0);
  expect(result.killed).toBeGreaterThan(0);
  expect(result.euros).toBeLessThan(result.oneServerPerJob.euros);
});
