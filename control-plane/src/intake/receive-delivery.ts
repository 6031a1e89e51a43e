import { AicdError } from "@aicd/core";
import type { Probot } from "probot";
import type { Deps } from "../deps.ts";
import { markProcessed, readDelivery, type StoredDelivery } from "./deliveries.ts";

/**
 * Job `receive-delivery`: the stored delivery is handed to the Probot app.
 * @throws AicdError final, when no repetition could change it: it is buried at once
 */
export async function receiveDelivery(
  deps: Pick<Deps, "pool"> & { probot: Pick<Probot, "receive"> },
  payload: { deliveryId: string },
): Promise<void> {
  const delivery = await readDelivery(deps.pool, payload.deliveryId);
  if (delivery === undefined) throw new AicdError("missing", "The delivery is not stored.");
  // Events we never heard of are stored and let go; GitHub adds new ones without asking.
  const event = { id: delivery.id, name: delivery.event, payload: parse(delivery) };
  await deps.probot.receive(event as Parameters<Probot["receive"]>[0]);
  await markProcessed(deps.pool, delivery.id);
}

/** Only a holder of the webhook's secret can have sent what is no JSON, so intake does not look for it. */
function parse({ body, event }: StoredDelivery): object {
  const cause = `The delivery of ${event} was signed, but its body is not a JSON object.`;
  let read: unknown;
  try {
    read = JSON.parse(body.toString("utf8"));
  } catch {
    throw new AicdError("invalid", cause);
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) throw new AicdError("invalid", cause);
  return read;
}
