import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEntitlement, findSubscriptions, upsertInstallation } from "@aicd/db";
import { createTestDatabase } from "@aicd/db/testing";
import { expect, it } from "vitest";
import { createTestDeps } from "../testing/deps.ts";
import { startHome } from "../testing/home.ts";
import { reconcileMarketplace, syncMarketplace } from "./sync-marketplace.ts";
import { PLANS_OF_LISTING } from "./testing/listing.ts";

const database = await createTestDatabase();
const home = await startHome();
const billing = { plans: PLANS_OF_LISTING, stripe: undefined };
const directory = await mkdtemp(join(tmpdir(), "aicd-marketplace-"));
const { deps } = createTestDeps(database, { url: "http://127.0.0.1:9", directory, home, billing });
const selling = { ...deps, billing };
const { github } = home;
const { tenantId } = await deps.db.withSystem((tx) =>
  upsertInstallation(tx, deps.mint, { githubId: 1, account: home.account, state: "active" }),
);
const scope = { tenantId };
const NEXT = "2099-02-01T00:00:00Z";
const now = () => deps.db.withTenant(scope, findEntitlement);
const sync = () => syncMarketplace(selling, { accountId: home.account.id });

it("what the listing says is what an account may do, whatever its events said, and when", async () => {
  await sync();
  expect(await now()).toBeUndefined();

  github.marketplace.buy("acme", { plan: "Team", model: "PER_UNIT", units: 3, nextBilling: NEXT });
  await sync();
  await sync();
  expect(await now()).toMatchObject({
    seller: "marketplace",
    plan: "team",
    seats: 3,
    includedMicroUsd: 30_000_000,
    overage: false,
  });

  github.marketplace.planChange("acme", { plan: "Free" });
  await sync();
  expect(await deps.db.withTenant(scope, findSubscriptions)).toMatchObject([
    { plan: "team", pending: "free" },
  ]);
  github.marketplace.keep("acme");
  github.marketplace.change("acme", { plan: "Team", units: 4 });
  await reconcileMarketplace(selling);
  expect(await now()).toMatchObject({ seats: 4, includedMicroUsd: 40_000_000 });

  github.marketplace.cancel("acme");
  await sync();
  expect(await now()).toMatchObject({ seller: "none", plan: "free" });
  expect(github.unexpected).toEqual([]);
});

it("an account that never installed the App is nobody", async () => {
  await syncMarketplace(selling, { accountId: 4_711 });
});
