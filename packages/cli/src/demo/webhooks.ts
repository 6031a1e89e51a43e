import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, verifyWebhook, type WebhookEvent } from "@aicd/sdk";
import type { Closers } from "./closers.ts";
import { judge, type Verdict } from "./judge-webhooks.ts";
import type { Timeline } from "./timeline.ts";

/** How often the receiver refuses before it takes the first event. */
const REFUSALS = 2;
const LOOK_MS = 500;
/** A worker that was killed holds its event for half a minute, and its job a little longer. */
const PATIENCE_MS = 180_000;
/** The most that the log gives at once; a demo has fewer. */
const PAGE = 100;

/** What is told to a customer's system, seen from there. */
export type Listening = {
  /** Waits until nothing is on its way any more, and compares what came with what the server says it sent. */
  conclude(): Promise<Verdict>;
};

/**
 * A receiver on this machine that has an endpoint made for it. It fails twice; then it takes the event, and the
 * server is killed before it hears so.
 */
export async function listenForWebhooks(input: {
  client: Client;
  org: string;
  timeline: Timeline;
  closers: Closers;
  /** Kills the server, as a machine that loses its power does. */
  strike: () => Promise<void>;
}): Promise<Listening> {
  const { client, org, timeline, closers, strike } = input;
  const came: WebhookEvent[] = [];
  let secret = "";
  let refused = 0;
  let struck = false;

  /** @returns the status; undefined: nobody is there to hear it */
  async function receive(request: IncomingMessage): Promise<number | undefined> {
    const body = await text(request);
    const event = await verifyWebhook({ headers: request.headers, body }, secret).catch(() => undefined);
    if (event === undefined) return 400;
    if (refused < REFUSALS) {
      refused += 1;
      timeline.note(`Receiver: refuses ${event.type} with 503 (${refused} of ${REFUSALS})`);
      return 503;
    }
    came.push(event);
    if (struck) return 204;
    struck = true;
    timeline.note(`Receiver: took ${event.type}; the server is killed before it hears so`);
    await strike();
    return undefined;
  }

  const server = createServer((request, response) => {
    receive(request).then(
      (status) => (status === undefined ? request.destroy() : response.writeHead(status).end()),
      () => request.destroy(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  closers.add(async () => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/events`;
  const endpoint = await client.createWebhookEndpoint({ org, body: { url, description: "the demo" } });
  secret = endpoint.secret ?? "";
  timeline.note(`Receiver at ${url}: it fails twice, and the server is killed once`);

  return {
    async conclude() {
      const until = Date.now() + PATIENCE_MS;
      for (;;) {
        const log = await client.listWebhookDeliveries({ org, endpoint: endpoint.id, limit: PAGE });
        const waits = log.items.some(({ state }) => state === "pending");
        if (!waits || Date.now() > until) return judge({ came, sent: log.items, refused, struck });
        await sleep(LOOK_MS);
      }
    },
  };
}
