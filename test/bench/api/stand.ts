import { type ChildProcess, fork } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, startEmbeddedPostgres } from "@aicd/db";
import { freePort } from "../../world/port.ts";

/** A `web` process on an embedded Postgres of its own, and what a benchmark needs to fill and ask it. */
export type Stand = {
  url: string;
  server: ChildProcess;
  pool: ReturnType<typeof createPool>;
  connectionString: string;
  encryptionKey: string;
  stop(): Promise<void>;
};

/** @param requestsPerMinute of one key; five times that an organization */
export async function startStand(name: string, requestsPerMinute: number): Promise<Stand> {
  const directory = await mkdtemp(join(tmpdir(), `aicd-bench-${name}-`));
  const postgres = await startEmbeddedPostgres({ directory: join(directory, "postgres") });
  const { connectionString } = postgres;
  const encryptionKey = randomBytes(32).toString("base64");
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = fork(join(import.meta.dirname, "server.ts"), [], {
    env: {
      PATH: process.env.PATH,
      AICD_DIRECTORY: directory,
      AICD_ROLE: "web",
      DATABASE_URL: connectionString,
      PORT: new URL(url).port,
      PUBLIC_URL: url,
      APP_ID: "1",
      PRIVATE_KEY: generateKeyPairSync("rsa", { modulusLength: 2048 })
        .privateKey.export({ type: "pkcs1", format: "pem" })
        .toString(),
      WEBHOOK_SECRET: "bench",
      ENCRYPTION_KEY: encryptionKey,
      API_REQUESTS_PER_MINUTE: String(requestsPerMinute),
      GITHUB_API_URL: "http://edge",
      GITHUB_SERVER_URL: "http://edge",
    },
  });
  await once(server, "message");
  const pool = createPool({
    connectionString,
    applicationName: "bench",
    onError() {},
    // Loading a million tasks takes longer than any statement of the product.
    statementTimeoutMs: 300_000,
  });
  return {
    ...{ url, server, pool, connectionString, encryptionKey },
    async stop() {
      server.disconnect();
      await once(server, "exit");
      await pool.end();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
