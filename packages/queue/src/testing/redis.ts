import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { testEnv } from "./env.ts";

const run = promisify(execFile);
const IMAGE = "redis:8-alpine";
const INSTALL_MS = 120_000;

export interface TestRedis {
  readonly url: string;
  /** Kills it without warning and starts an empty one at the same address. Undefined when it is not ours to kill. */
  readonly crash?: () => Promise<{ comeBack(): Promise<void> }>;
  stop(): Promise<void>;
}

/**
 * A Redis for tests, from: TEST_REDIS_URL, Testcontainers when a Docker engine answers, `redis-server` on
 * PATH, the OS package when we are root on Debian. Undefined, with a printed reason, when there is none.
 */
export async function startTestRedis(): Promise<TestRedis | undefined> {
  const { TEST_REDIS_URL } = testEnv();
  if (TEST_REDIS_URL) return { url: TEST_REDIS_URL, stop: async () => {} };
  const container = await startContainer();
  if (container) return container;
  if ((await hasBinary()) || (await installBinary())) return startLocal();
  process.stderr.write(
    "Redis tests are skipped: set TEST_REDIS_URL, start Docker or install redis-server.\n",
  );
  return undefined;
}

async function startContainer(): Promise<TestRedis | undefined> {
  // Loading Testcontainers takes a second, so it is only asked where an engine may be.
  if (!existsSync("/var/run/docker.sock")) return undefined;
  const { RedisContainer } = await import("@testcontainers/redis");
  try {
    const container = await new RedisContainer(IMAGE).start();
    return {
      url: container.getConnectionUrl(),
      async stop() {
        await container.stop();
      },
    };
  } catch {
    return undefined; // a socket without an engine behind it: the next way is tried
  }
}

async function hasBinary(): Promise<boolean> {
  return run("redis-server", ["--version"]).then(
    () => true,
    () => false,
  );
}

async function installBinary(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return false;
  try {
    await run("apt-get", ["install", "-y", "--no-install-recommends", "redis-server"], {
      timeout: INSTALL_MS,
    });
    return await hasBinary();
  } catch {
    return false; // no network, or somebody else is installing: the tests say that they are skipped
  }
}

async function startLocal(): Promise<TestRedis> {
  const port = await freePort();
  let server = await launch(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    async crash() {
      await kill(server);
      return {
        async comeBack() {
          server = await launch(port);
        },
      };
    },
    stop: () => kill(server),
  };
}

async function launch(port: number): Promise<ChildProcess> {
  const flags = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", flags, { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => server.kill("SIGKILL"));
  let log = "";
  for await (const chunk of server.stdout) {
    log += String(chunk);
    if (log.includes("Ready to accept connections")) break;
  }
  return server;
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, "exit");
  server.kill("SIGKILL");
  await exited;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address ? address.port : 0;
}
