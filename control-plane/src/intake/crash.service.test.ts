import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, migrate, startEmbeddedPostgres } from "@aicd/db";
import { createLogger, createMetrics, createRedactor } from "@aicd/ops";
import { expect, test } from "vitest";
import { readDelivery } from "./deliveries.ts";
import { createIntake } from "./intake.ts";

const SECRET = "correct horse battery staple";

test("what was accepted is there after Postgres was killed under load, and webhooks are taken again", async () => {
  const directory = await mkdtemp(join(tmpdir(), "aicd-crash-"));
  const postgres = await startEmbeddedPostgres({ directory });
  const pool = createPool({ ...postgres, applicationName: "test", onError: () => {} });
  await migrate(pool);
  const log = createLogger({ redactor: createRedactor(), level: "silent" });
  const intake = createIntake({
    pool,
    secrets: [{ reveal: () => SECRET }],
    poke: () => {},
    log,
    metrics: createMetrics(),
  });
  const server = createServer(intake.handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const statuses = new Map<string, number>();
  let accepting = true;
  async function keepDelivering(): Promise<void> {
    while (accepting) {
      const id = crypto.randomUUID();
      const body = JSON.stringify({ id });
      const signature = createHmac("sha256", SECRET).update(body).digest("hex");
      const headers = {
        "content-type": "application/json",
        "x-github-delivery": id,
        "x-github-event": "push",
        "x-hub-signature-256": `sha256=${signature}`,
      };
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body });
      statuses.set(id, answer.status);
    }
  }
  const accepted = () => [...statuses].filter(([, status]) => status === 202).map(([id]) => id);
  const senders = Array.from({ length: 8 }, keepDelivering);
  await expect.poll(() => accepted().length, { timeout: 10_000 }).toBeGreaterThan(200);

  process.kill(
    Number.parseInt(await readFile(join(directory, "data", "postmaster.pid"), "utf8"), 10),
    "SIGKILL",
  );
  await expect.poll(() => [...statuses.values()].includes(503), { timeout: 10_000 }).toBe(true);
  const before = accepted().length;
  await expect.poll(() => accepted().length, { timeout: 20_000 }).toBeGreaterThan(before + 50);
  accepting = false;
  await Promise.all(senders);

  expect(new Set(statuses.values())).toEqual(new Set([202, 503]));
  const stored = await Promise.all(accepted().map((id) => readDelivery(pool, id)));
  expect(stored.filter((delivery) => delivery === undefined)).toEqual([]);
  const { rows } = await pool.query(
    "select (select count(*) from webhook_deliveries) = (select count(*) from outbox) as each_owed_once",
  );
  expect(rows).toEqual([{ each_owed_once: true }]);

  server.close();
  await intake.close();
  await pool.end();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
});
