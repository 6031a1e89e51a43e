import { generateKeyPairSync } from "node:crypto";
import { createLogger, createRedactor, Secret } from "@aicd/ops";
import { createInbox } from "../../intake/inbox.ts";
import { JOBS, type Jobs } from "../../jobs/catalog.ts";
import { type Outcome, runJob } from "../../outbox/run.ts";
import { createRunnerWorld } from "../../runner/testing/runner.ts";
import { startHome } from "../../testing/home.ts";
import { loadApp } from "../app.ts";
import { createDeadHandlers, createHandlers } from "../handlers.ts";

/** Nobody is there: what GitHub tells the App is kept, and a history decides what becomes of it. */
const NOBODY = "http://127.0.0.1:9/";

/** A hundred lives in a few minutes are no organisation's; how limits are met has tests of its own. */
const MANY = 1_000_000_000;
const FREE = {
  contentPerMinute: MANY,
  contentPerHour: MANY,
  primary: { anonymous: MANY, app: MANY, installation: MANY, job: MANY, user: MANY },
};

export type Told = { guid: string; event: string; payload: Record<string, unknown> };
export type OwedRow = { id: string; job: keyof Jobs; payload: Record<string, unknown>; tries: number };
export type HistoryWorld = Awaited<ReturnType<typeof createHistoryWorld>>;

/** The use cases with their handlers and the App, a real database, and a GitHub whose news come as a history wants. */
export async function createHistoryWorld() {
  const home = await startHome({ webhookUrl: NOBODY, limits: FREE });
  await home.github.createUser("octa");
  await home.github.addCollaborator("acme/widget", "octa", "write");
  await home.github.createUser("eve");
  const world = await createRunnerWorld({ home });
  const told: Told[] = [];
  home.github.on("delivery", ({ guid, event, payload }) => {
    told.push({ guid, event, payload: JSON.parse(payload) as Record<string, unknown> });
  });
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const probot = await loadApp({
    app: {
      appId: home.app.appId,
      privateKey: new Secret(privateKey.export({ type: "pkcs1", format: "pem" }).toString()),
      webhookSecret: new Secret("a secret of the tests"),
    },
    baseUrl: home.github.url,
    log: createLogger({ level: "fatal", redactor: createRedactor(), sink: { write() {} } }),
    inbox: createInbox(world.deps),
  });
  // Nothing is indexed in a history.
  const indexing = { poke() {}, async close() {} };
  const handlers = createHandlers({ ...world.deps, probot, indexing });
  const onDead = createDeadHandlers(world.deps);

  return {
    ...world,
    home,
    /** What GitHub has told since it was last asked, in its order. */
    async news(): Promise<Told[]> {
      await home.github.settled();
      return told.splice(0);
    },
    /** One delivery as its job would hand it on; a failure of it is one of the history. */
    receive: ({ guid, event, payload }: Told) =>
      probot.receive({ id: guid, name: event, payload } as unknown as Parameters<typeof probot.receive>[0]),
    async owedRows(): Promise<OwedRow[]> {
      const { rows } = await world.pool.query<OwedRow>(
        "SELECT id, job, payload, tries FROM outbox WHERE dead_at IS NULL ORDER BY id",
      );
      return rows;
    },
    /** Runs a job as the worker would. `crash`: the process ends before it is written down that the job was done. */
    async run(row: OwedRow, { crash = false }: { crash?: boolean } = {}): Promise<Outcome["kind"]> {
      const claimed: Parameters<typeof runJob>[1] = {
        ...row,
        tries: row.tries + 1,
        tenantId: world.tenantId,
        error: undefined,
        // A history has more crashes than a job has lives; what ends them has tests of its own.
        ...{ deaths: 0, died: false, hasTurn: false, waitedSeconds: 0 },
      };
      const outcome = await runJob(
        { catalog: JOBS, handlers, onDead, redact: (text) => text },
        claimed,
        new AbortController().signal,
      );
      if (crash) return outcome.kind;
      if (outcome.kind === "done") await world.pool.query("DELETE FROM outbox WHERE id = $1", [row.id]);
      else if (outcome.kind === "dead") {
        await world.pool.query("UPDATE outbox SET dead_at = now(), error = $2 WHERE id = $1", [
          row.id,
          outcome.error,
        ]);
      } else if (outcome.kind === "failed") {
        await world.pool.query("UPDATE outbox SET tries = tries + 1, error = $2 WHERE id = $1", [
          row.id,
          outcome.error,
        ]);
      }
      return outcome.kind;
    },
  };
}
