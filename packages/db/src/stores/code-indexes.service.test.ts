import { randomBytes } from "node:crypto";
import { createMint, type RepositoryId, type TenantId } from "@aicd/core";
import { beforeEach, describe, expect, it } from "vitest";
import { APP_ROLE, createDatabase, SYSTEM_ROLE, type TenantTx } from "../database.ts";
import * as stores from "../index.ts";
import { createTestDatabase, plantTenant } from "../testing/database.ts";

const test = await createTestDatabase();
const mint = createMint({ now: Date.now, random: randomBytes });
const db = createDatabase({
  app: test.createPool({ role: APP_ROLE, max: 4 }),
  system: test.createPool({ role: SYSTEM_ROLE, max: 4 }),
});
const REPORT = { commit: "c", files: 2, passages: 5, commits: 1, bytes: 100, tookMs: 7 };
let serial = 0;
let ours: { tenantId: TenantId; repositoryId: RepositoryId };

beforeEach(async () => {
  await test.pool.query("DELETE FROM code_indexes");
  serial += 1;
  ours = await plantTenant(db, mint, serial);
  await test.pool.query("DELETE FROM code_indexes");
});

const as = <T>(work: (tx: TenantTx) => Promise<T>, { tenantId } = ours) => db.withTenant({ tenantId }, work);
const request = (scope = ours) => as((tx) => stores.requestIndex(tx, scope.repositoryId), scope);
const claim = () => stores.claimIndex(db.system);
const state = async () => (await as((tx) => stores.findIndex(tx, ours.repositoryId)))?.state;
async function must<T>(value: Promise<T | undefined>): Promise<T> {
  const got = await value;
  if (got === undefined) throw new Error("nothing was claimed");
  return got;
}
const lose = () => test.pool.query("UPDATE code_indexes SET lease_until = now() - interval '1 second'");

describe("work on an index", () => {
  it("goes to one worker, also when many ask at once", async () => {
    await request();

    const claims = await Promise.all([claim(), claim(), claim(), claim()]);

    expect(claims.filter((each) => each !== undefined)).toHaveLength(1);
    expect(await claim()).toBeUndefined();
  });

  it("goes to another when its worker falls silent, whose late end counts no more", async () => {
    await request();
    const lost = await must(claim());
    await lose();

    const taken = await must(claim());
    const [late, end] = await Promise.all([
      as((tx) => stores.finishIndex(tx, lost, { ...REPORT, commit: "old" })),
      as((tx) => stores.finishIndex(tx, taken, REPORT)),
    ]);

    expect([late, end]).toEqual([false, true]);
    expect(await as((tx) => stores.findIndex(tx, ours.repositoryId))).toMatchObject({
      state: "ready",
      commitSha: "c",
      files: 2,
    });
  });

  it("is renewed only by who has it", async () => {
    await request();
    const lost = await must(claim());
    await lose();
    const taken = await must(claim());

    expect(await as((tx) => stores.renewIndex(tx, lost))).toBe(false);
    expect(await as((tx) => stores.renewIndex(tx, taken))).toBe(true);
  });

  it("is done once more when a push came while it ran", async () => {
    await request();
    const running = await must(claim());

    await as((tx) => stores.refreshIndex(tx, ours.repositoryId));
    await as((tx) => stores.finishIndex(tx, running, REPORT));

    expect(await state()).toBe("queued");
    await as(async (tx) => stores.finishIndex(tx, await must(claim()), REPORT));
    expect(await state()).toBe("ready");
    expect(await claim()).toBeUndefined();
  });

  it("waits before it is tried again, and not when a person asks", async () => {
    await request();
    const failing = await must(claim());
    await as((tx) => stores.failIndex(tx, failing, { failure: "GitHub is away.", retryMs: 60_000 }));
    const before = await claim();

    await request();

    expect(before).toBeUndefined();
    expect(await claim()).toMatchObject({ repositoryId: ours.repositoryId, tries: 1 });
  });

  it("of a tenant with much under way comes after that of others", async () => {
    const busy = ours;
    await request(busy);
    await claim();
    const other = await as((tx) =>
      stores.upsertRepository(tx, mint, {
        installationGithubId: serial,
        githubId: serial + 10_000,
        owner: `org-${serial}`,
        name: "second",
      }),
    );
    await as((tx) => stores.requestIndex(tx, other));
    serial += 1;
    const quiet = await plantTenant(db, mint, serial);
    await test.pool.query("DELETE FROM code_indexes WHERE tenant_id = $1", [quiet.tenantId]);

    await request(quiet);

    expect((await must(claim())).tenantId).toBe(quiet.tenantId);
    expect((await must(claim())).tenantId).toBe(busy.tenantId);
  });
});

describe("an index that has to go", () => {
  it("takes the work from whoever is at it, and its row goes last", async () => {
    await request();
    const running = await must(claim());

    await as((tx) => stores.dropIndex(tx, ours.repositoryId));
    const dropping = await must(claim());

    expect(await as((tx) => stores.finishIndex(tx, running, REPORT))).toBe(false);
    expect(dropping.drop).toBe(true);
    await stores.forgetIndex(db.system, dropping);
    expect(await stores.isIndexed(db.system, ours)).toBe(false);
  });

  it("is made anew when it is wanted while it goes, whichever comes first", async () => {
    await request();
    await as((tx) => stores.dropIndex(tx, ours.repositoryId));
    const dropping = await must(claim());

    await Promise.all([request(), stores.forgetIndex(db.system, dropping)]);

    expect(await must(claim())).toMatchObject({ repositoryId: ours.repositoryId, drop: false });
  });
});
