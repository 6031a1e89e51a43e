import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MockAgent } from "@aicd/agents";
import { migrate } from "@aicd/db";
import { expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "../world/port.ts";
import { dispatched, planHash, playRunner } from "../world/runner.ts";
import { createServerProcess, type ServerProcess } from "../world/server.ts";
import { createWorld, REPO, type World } from "../world/world.ts";

const MIGRATIONS = join(import.meta.dirname, "../../packages/db/migrations");
const SENDERS = 2;

/** What a next release would bring: columns, an index, a table of its own. Expand only. */
const NEXT = `ALTER TABLE tasks ADD COLUMN mood text;
ALTER TABLE webhook_deliveries ADD COLUMN source text NOT NULL DEFAULT 'github';
CREATE INDEX events_by_type ON events (tenant_id, type);
CREATE TABLE moods (tenant_id text NOT NULL REFERENCES tenants (id), id text NOT NULL, PRIMARY KEY (tenant_id, id));
ALTER TABLE moods ENABLE ROW LEVEL SECURITY;
ALTER TABLE moods FORCE ROW LEVEL SECURITY;`;

async function migrateToNext(world: World): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "aicd-next-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(MIGRATIONS, folder, { recursive: true });
  const count = (await readdir(folder)).length;
  await writeFile(join(folder, `${String(count + 1).padStart(4, "0")}_next.sql`), NEXT);
  return migrate(world.database.pool, { folder });
}

/** Sends webhooks to whichever servers there are, without a pause, until stopped. */
function startLoad(
  world: World,
  urls: string[],
): { sent: string[]; refused: string[]; stop(): Promise<void> } {
  const [sent, refused]: [string[], string[]] = [[], []];
  let running = true;
  async function send(turn: number): Promise<void> {
    const id = randomUUID();
    const body = JSON.stringify({ action: "created", zen: id, sender: { type: "User" } });
    const signature = createHmac("sha256", world.app.webhookSecret).update(body).digest("hex");
    const answer = await fetch(`${urls[turn % urls.length]}/api/github/webhooks`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": "star",
        "x-github-delivery": id,
        "x-hub-signature-256": `sha256=${signature}`,
      },
      body,
    });
    (answer.status === 202 ? sent : refused).push(id);
  }
  const senders = Array.from({ length: SENDERS }, async (_, sender) => {
    for (let turn = sender; running; turn++) await send(turn);
  });
  return {
    sent,
    refused,
    async stop() {
      running = false;
      await Promise.all(senders);
    },
  };
}

const complaints = (server: ServerProcess) =>
  server.lines.filter(({ level }) => ["error", "fatal"].includes(level)).map(({ msg }) => msg);

it("an old and a new server share a database while it is migrated under load, and nothing is lost", async () => {
  const world = await createWorld({
    after: onTestFinished,
    env: { ENCRYPTION_KEY: randomBytes(32).toString("base64") },
  });
  const issue = await world.person.openIssue(REPO, { title: "Make the widget two" });
  await world.person.label(REPO, issue.number, "aicd");
  const run = await dispatched(world, 0);
  const urls = [world.url];
  const load = startLoad(world, urls);

  const planning = playRunner(world, run, new MockAgent());
  expect(await migrateToNext(world)).toHaveLength(1);
  const url = `http://127.0.0.1:${await freePort()}`;
  const next = createServerProcess({
    ...world.env,
    PORT: new URL(url).port,
    PUBLIC_URL: url,
    AICD_DIRECTORY: join(world.directory, "next"),
  });
  onTestFinished(async () => void (await next.stop()));
  await next.start();
  urls.push(url);
  await planning;
  world.github.setWebhook(world.app.appId, `${url}/api/github/webhooks`);
  // The load balancer takes the old one out, then it is told to stop.
  urls.shift();
  const before = load.sent.length;
  await vi.waitUntil(() => load.sent.length > before + 200, { timeout: 20_000 });
  await world.server.stop();
  await load.stop();
  await world.person.comment(REPO, issue.number, `/aicd approve ${await planHash(world)}`);
  const report = await playRunner({ ...world, url }, await dispatched(world, 1), new MockAgent());

  expect(report.outcome).toBe("approved");
  expect(load.refused).toEqual([]);
  const left = async () => {
    const { rows } = await world.database.pool.query(
      "SELECT count(*)::int AS n FROM webhook_deliveries WHERE id = ANY ($1) AND processed_at IS NOT NULL",
      [load.sent],
    );
    return load.sent.length - rows[0].n;
  };
  await vi.waitUntil(async () => (await left()) === 0, { timeout: 60_000, interval: 200 });
  await vi.waitUntil(
    async () => (await world.database.pool.query("SELECT FROM tasks WHERE state = 'PR_OPEN'")).rowCount === 1,
    { timeout: 30_000, interval: 100 },
  );
  expect([...complaints(world.server), ...complaints(next)]).toEqual([]);
});
