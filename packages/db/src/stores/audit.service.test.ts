import { randomBytes } from "node:crypto";
import { createMint, type TenantId } from "@aicd/core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { APP_ROLE, createDatabase, SYSTEM_ROLE } from "../database.ts";
import { createTestDatabase } from "../testing/database.ts";
import {
  appendAudit,
  type ChainedEntry,
  chainAudit,
  GENESIS,
  linkHash,
  listUnchainedTenants,
  readAuditChain,
} from "./audit.ts";
import { upsertInstallation } from "./tenancy.ts";

const test = await createTestDatabase();
const mint = createMint({ now: Date.now, random: randomBytes });
const db = createDatabase({
  app: test.createPool({ role: APP_ROLE, max: 12 }),
  system: test.createPool({ role: SYSTEM_ROLE, max: 4 }),
});
let tenantId: TenantId;

beforeAll(async () => {
  const account = { id: 1, login: "acme", kind: "Organization" as const };
  ({ tenantId } = await db.withSystem((tx) =>
    upsertInstallation(tx, mint, { githubId: 1, account, state: "active" }),
  ));
});

function write(target: string, before?: Promise<unknown>): Promise<void> {
  return db.withTenant({ tenantId }, async (tx) => {
    const actor = { kind: "github" as const, id: 7, login: "mona" };
    await appendAudit(tx, mint, {
      actor,
      action: "secret.set",
      target,
      detail: { b: 1, a: [2, { d: 3, c: 4 }] },
    });
    await before;
  });
}

const chain = () => db.withSystem((tx) => chainAudit(tx, tenantId));
const read = () => db.withTenant({ tenantId }, (tx) => readAuditChain(tx, { after: 0, limit: 1_000 }));

/** Whether each link follows from the one before: what an auditor with an export computes. */
function holds(entries: ChainedEntry[]): boolean {
  let previous: Buffer = GENESIS;
  return entries.every(({ seq: _seq, hash, xact: _xact, ...entry }) => {
    previous = linkHash(previous, entry);
    return previous.toString("hex") === hash;
  });
}

describe("the chain", () => {
  it("takes every entry once, however many write and chain at once", async () => {
    const targets = Array.from({ length: 60 }, (_, n) => `t${n}`);
    await Promise.all([...targets.map((target) => write(target)), chain(), chain(), chain()]);
    await vi.waitUntil(
      async () => {
        await Promise.all([chain(), chain()]);
        return (await read()).length === targets.length;
      },
      { timeout: 10_000 },
    );

    const entries = await read();
    expect(entries.map(({ seq }) => seq)).toEqual(targets.map((_, n) => n + 1));
    expect(new Set(entries.map(({ target }) => target))).toEqual(new Set(targets));
    expect(holds(entries)).toBe(true);
    expect(await listUnchainedTenants(db.system)).toEqual([]);
  });

  it("leaves no place for an entry whose transaction ends late", async () => {
    const before = (await read()).length;
    const late = Promise.withResolvers<void>();
    const slow = write("slow", late.promise);
    await vi.waitUntil(async () => {
      const { rows } = await test.pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND query ILIKE '%audit_log%' AND datname = current_database()",
      );
      return rows.length > 0;
    });
    await write("quick");

    await chain();
    expect((await read()).length, "the quick one waits for the slow one beside it").toBe(before);
    late.resolve();
    await slow;
    await vi.waitUntil(async () => {
      await chain();
      return (await read()).length === before + 2;
    });

    expect((await read()).slice(before).map(({ target }) => target)).toEqual(["slow", "quick"]);
    expect(holds(await read())).toBe(true);
  });

  it.each([
    ["changed", "UPDATE audit_log SET target = 'other' WHERE target = 't7'"],
    ["taken out", "DELETE FROM audit_log WHERE target = 't8'"],
  ])("shows when an entry was %s", async (_what, tampering) => {
    expect(holds(await read())).toBe(true);

    await test.pool.query(tampering);

    expect(holds(await read())).toBe(false);
    // The owner of the database can put it back, too; for the next case.
    await test.pool.query("UPDATE audit_log SET target = 't7' WHERE target = 'other'");
  });
});

it("nobody who serves requests may change or delete what was written", async () => {
  for (const statement of [
    "UPDATE audit_log SET target = 'x'",
    "DELETE FROM audit_log",
    "DELETE FROM audit_chain",
  ]) {
    await expect(db.withTenant({ tenantId }, (tx) => tx.query(statement))).rejects.toThrow(
      /permission denied/,
    );
    await expect(db.withSystem((tx) => tx.query(statement))).rejects.toThrow(/permission denied/);
  }
});
