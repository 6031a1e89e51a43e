import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PATH, QDRANT } from "./env.ts";

const IMAGE = "qdrant/qdrant:v1.18.0";
const PORT = 6333;
const START_MS = 20_000;

export type QdrantEngine = { url: string; apiKey?: string; stop(): Promise<void> };

/** A real Qdrant from its URL, a Docker engine, or a `qdrant` on PATH, in this order; or why there is none. */
export async function findQdrant(): Promise<QdrantEngine | { reason: string }> {
  const { url, apiKey } = QDRANT;
  if (url !== undefined) {
    return { url, ...(apiKey === undefined ? {} : { apiKey }), stop: async () => undefined };
  }
  const container = await startContainer();
  if (container !== undefined) return container;
  if (await hasBinary()) return startLocal();
  return { reason: "QDRANT_URL is not set, no Docker engine answers, and no qdrant is on PATH" };
}

async function startContainer(): Promise<QdrantEngine | undefined> {
  // Loading Testcontainers takes a second, so it is only asked where an engine may be.
  if (!existsSync("/var/run/docker.sock")) return undefined;
  const { GenericContainer, Wait } = await import("testcontainers");
  try {
    const container = await new GenericContainer(IMAGE)
      .withExposedPorts(PORT)
      .withWaitStrategy(Wait.forHttp("/readyz", PORT))
      .start();
    return {
      url: `http://${container.getHost()}:${container.getMappedPort(PORT)}`,
      stop: async () => void (await container.stop()),
    };
  } catch {
    return undefined; // a socket without an engine behind it: the next way is tried
  }
}

function hasBinary(): Promise<boolean> {
  return promisify(execFile)("qdrant", ["--version"], { env: { PATH } }).then(
    () => true,
    () => false,
  );
}

async function startLocal(): Promise<QdrantEngine> {
  const directory = await mkdtemp(join(tmpdir(), "aicd-qdrant-"));
  const port = await freePort();
  const env = {
    PATH,
    QDRANT__SERVICE__HOST: "127.0.0.1",
    QDRANT__SERVICE__HTTP_PORT: String(port),
    QDRANT__SERVICE__GRPC_PORT: String(await freePort()),
    QDRANT__STORAGE__STORAGE_PATH: join(directory, "storage"),
    QDRANT__STORAGE__SNAPSHOTS_PATH: join(directory, "snapshots"),
    QDRANT__TELEMETRY_DISABLED: "true",
  };
  const server = spawn("qdrant", [], { cwd: directory, env, stdio: "ignore" });
  process.once("exit", () => server.kill("SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + START_MS; Date.now() < until; ) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    async stop() {
      server.kill("SIGKILL");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
