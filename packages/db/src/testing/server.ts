import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresStartError } from "../embedded/postmaster.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../embedded/start.ts";
import { testEnv } from "./env.ts";

const DOCKER_ANSWER_MS = 1_000;
const IMAGE = "postgres:18-alpine";

/** A Postgres for tests, from: TEST_DATABASE_URL, Testcontainers when a Docker engine answers, npm's own. */
export async function startTestServer(): Promise<EmbeddedPostgres> {
  const env = testEnv();
  if (env.TEST_DATABASE_URL) return { connectionString: env.TEST_DATABASE_URL, stop: async () => {} };
  if (await dockerAnswers(env.DOCKER_HOST)) return startContainer();
  return startLocal();
}

async function startContainer(): Promise<EmbeddedPostgres> {
  const { PostgreSqlContainer } = await import("@testcontainers/postgresql");
  const container = await new PostgreSqlContainer(IMAGE)
    .withCommand(["postgres", "-c", "fsync=off", "-c", "max_connections=200"])
    .start();
  return {
    connectionString: container.getConnectionUri(),
    async stop() {
      await container.stop();
    },
  };
}

/**
 * One folder per checkout and user, kept between runs: the second run starts in a tenth of a second, and
 * runs side by side share the server. It does not sync to disk, so a broken one is thrown away.
 */
async function startLocal(): Promise<EmbeddedPostgres> {
  const checkout = createHash("sha256")
    .update(import.meta.url)
    .digest("hex")
    .slice(0, 8);
  const directory = join(tmpdir(), `aicd-test-postgres-${process.getuid?.() ?? 0}-${checkout}`);
  try {
    return await startEmbeddedPostgres({ directory, disposable: true });
  } catch (error) {
    if (!(error instanceof PostgresStartError)) throw error;
    await rm(directory, { recursive: true, force: true });
    return startEmbeddedPostgres({ directory, disposable: true });
  }
}

/** Asked by hand because loading Testcontainers only to hear "no" costs every run a second. */
async function dockerAnswers(host: string | undefined): Promise<boolean> {
  const url = new URL(host ?? "unix:///var/run/docker.sock");
  const target =
    url.protocol === "unix:" ? { socketPath: url.pathname } : { host: url.hostname, port: url.port || 2375 };
  return new Promise((resolve) => {
    const ping = request({ ...target, path: "/_ping", timeout: DOCKER_ANSWER_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ping.once("timeout", () => ping.destroy(new Error("no answer")));
    ping.once("error", () => resolve(false));
    ping.end();
  });
}
