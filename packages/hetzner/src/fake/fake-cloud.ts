import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, realClock } from "./clock.ts";
import { loadContract, type Operation } from "./contract.ts";
import { createFaults, type Faults } from "./faults.ts";
import { Refused } from "./refused.ts";
import { type Answer, ROUTES, type Room } from "./routes.ts";
import { type Boot, createServers, type FakeServer } from "./servers.ts";

export { type Clock, realClock, type VirtualClock, virtualClock } from "./clock.ts";
export type { Fault } from "./faults.ts";
export type { Boot, FakeServer, Machine } from "./servers.ts";

export type FakeCloud = {
  /** With `/v1`. */
  url: string;
  token: string;
  faults: Pick<Faults, "add" | "clear">;
  /** All there ever were, in the order they were made. */
  servers(): readonly FakeServer[];
  living(): readonly FakeServer[];
  /** What it will ask for, for each started hour of each server. */
  bought(): { hours: number; microEur: number };
  /** Requests by `method template`. */
  traffic: ReadonlyMap<string, number>;
  /** Requests and answers that the vendor's description does not know. Tests assert that there are none. */
  unexpected: readonly string[];
  close(): Promise<void>;
};

/** docs.hetzner.cloud "Rate Limiting". */
const LIMIT = 3_600;
const REFILL_MS = 1_000;
/** Label by which the fleet finds its image. */
const IMAGES = [
  { id: 67_794_396, name: "debian-13", labels: {}, description: "Debian 13" },
  { id: 300_000_001, name: null, labels: { "aicd-image": "runner" }, description: "aicd runner" },
];

/**
 * A Hetzner Cloud in this process: it remembers, it takes its time, and it fails as told.
 * @param given.boot starts what runs on a server each time its disk is new, or it is switched on
 */
export async function startFakeCloud(given: {
  boot: Boot;
  clock?: Clock;
  /** Servers the project may have. */
  quota?: number;
  /** How many times faster than the real one it makes servers; 1 when left out. */
  speed?: number;
}): Promise<FakeCloud> {
  const own = given.clock === undefined ? realClock() : undefined;
  const clock = given.clock ?? own ?? realClock();
  const faults = createFaults();
  const { boot, quota = 100, speed = 1 } = given;
  const servers = createServers({ clock, faults, boot, images: IMAGES, quota, speed });
  const room: Room = { servers, images: IMAGES, firewalls: [], networks: [], sshKeys: [], now: clock.now };
  const token = "fake-cloud-token-with-64-characters-in-it-as-the-vendors-have-now";
  const contract = loadContract();
  const unexpected: string[] = [];
  const traffic = new Map<string, number>();
  const bucket = { left: LIMIT, at: clock.now() };

  async function answerTo(request: IncomingMessage): Promise<{ operation?: Operation; answer: Answer }> {
    const url = new URL(request.url ?? "/", "http://cloud");
    const operation = contract.find(request.method ?? "GET", url.pathname.replace(/^\/v1/, ""));
    const text = await textOf(request);
    if (request.headers.authorization !== `Bearer ${token}`)
      return { answer: refusal(new Refused(401, "unauthorized", "the token is not valid")) };
    if (operation === undefined) {
      unexpected.push(`${request.method} ${url.pathname} is not documented`);
      return { answer: refusal(new Refused(404, "not_found", "no such path")) };
    }
    const key = `${operation.method} ${operation.template}`;
    traffic.set(key, (traffic.get(key) ?? 0) + 1);
    try {
      if (!spend(bucket, clock) || faults.take("rate-limited") !== undefined)
        throw new Refused(429, "rate_limit_exceeded", "limit of 3600 requests per hour reached");
      if (faults.take("unavailable") !== undefined)
        throw new Refused(503, "unavailable", "service unavailable");
      const body = text === "" ? undefined : (JSON.parse(text) as unknown);
      const problem = contract.checkRequest(operation, url.searchParams, body);
      if (problem !== undefined) {
        unexpected.push(`${key}: ${problem}`);
        throw new Refused(422, "invalid_input", problem);
      }
      const route = ROUTES[key];
      if (route === undefined) throw new Error(`the fake cloud has no ${key}`);
      return { operation, answer: await route(room, { ...operation, query: url.searchParams, body }) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { operation, answer: refusal(error) };
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { operation, answer } = await answerTo(request);
    if (operation !== undefined) {
      const problem = contract.checkAnswer(operation, answer.status, answer.body);
      if (problem !== undefined)
        unexpected.push(`answer to ${operation.method} ${operation.template}: ${problem}`);
      const lost =
        answer.status < 400 && faults.take("lost-answer", ({ method }) => method === operation.method);
      if (lost) {
        response.socket?.destroy();
        return;
      }
    }
    response.writeHead(answer.status, {
      "content-type": "application/json",
      "ratelimit-limit": LIMIT,
      "ratelimit-remaining": Math.floor(bucket.left),
      "ratelimit-reset": Math.ceil(clock.now() / 1_000 + LIMIT - bucket.left),
    });
    response.end(JSON.stringify(answer.body));
  }

  const http = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      unexpected.push(`crash: ${error}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    token,
    faults,
    servers: servers.all,
    living: servers.living,
    bought: servers.bought,
    traffic,
    unexpected,
    async close() {
      own?.close();
      await servers.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function refusal({ status, code, message }: Refused): Answer {
  return { status, body: { error: { code, message, details: null } } };
}

/** One request comes back every second. */
function spend(bucket: { left: number; at: number }, { now }: Clock): boolean {
  bucket.left = Math.min(LIMIT, bucket.left + (now() - bucket.at) / REFILL_MS);
  bucket.at = now();
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
