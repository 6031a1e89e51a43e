import { AicdError } from "@aicd/core";
import type { Probot } from "probot";
import type { Deps } from "../deps.ts";
import { markProcessed, readDelivery } from "./index.ts";

/** Job `receive-delivery`: the stored delivery is handed to the Probot app. */
export async function receiveDelivery(
  deps: Deps & { probot: Probot },
  payload: { deliveryId: string },
): Promise<void> {
  const delivery = await readDelivery(deps.pool, payload.deliveryId);
  if (delivery === undefined) throw new AicdError("missing", "The delivery is not stored.");
  const body: unknown = JSON.parse(delivery.body.toString("utf8"));
  // Events we never heard of are stored and let go; GitHub adds new ones without asking.
  const event = { id: delivery.id, name: delivery.event, payload: body } as Parameters<Probot["receive"]>[0];
  await deps.probot.receive(event);
  await markProcessed(deps.pool, delivery.id);
}
