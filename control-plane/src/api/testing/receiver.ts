import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { Postponed } from "../../outbox/postponed.ts";
import { deliverWebhooks } from "../../webhooks/deliver.ts";
import type { World } from "./world.ts";

/** An event as it came in. */
type Received = { headers: IncomingHttpHeaders; body: string; event: ReceivedEvent };
type ReceivedEvent = { id: string; type: string; subject: string; sequence: number; data: unknown };

/** A system of a customer's that events are posted to; `answers` are given first, then 204. */
export async function startReceiver() {
  const received: Received[] = [];
  const answers: ((response: ServerResponse) => void)[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body, event: JSON.parse(body) as ReceivedEvent });
    const answer = answers.shift() ?? ((to) => to.writeHead(204).end());
    answer(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/hooks`,
    received,
    answers,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Does what a worker would with the owed deliveries that are due. @returns milliseconds until each that waits */
export async function workOff({ deps, database }: Pick<World, "deps" | "database">): Promise<number[]> {
  const waits: number[] = [];
  const { rows } = await database.pool.query<{
    payload: { tenantId: string; endpointId: string; lane: string };
  }>("SELECT payload FROM outbox WHERE job = 'deliver-webhooks' ORDER BY id");
  await database.pool.query("DELETE FROM outbox WHERE job = 'deliver-webhooks'");
  for (const { payload } of rows) {
    await deliverWebhooks(deps, payload, { signal: new AbortController().signal }).catch(
      async (error: unknown) => {
        if (!(error instanceof Postponed)) throw error;
        waits.push(error.delayMs);
        await deps.db.withTenant({ tenantId: payload.tenantId as never }, (tx) =>
          deps.enqueue(tx, "deliver-webhooks", payload),
        );
      },
    );
  }
  return waits;
}
