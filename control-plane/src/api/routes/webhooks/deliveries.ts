import { parseId } from "@aicd/core";
import { findWebhookEndpoint, listEventDeliveries, renewDeliveries } from "@aicd/db";
import { z } from "zod";
import { commit } from "../../../http/commit.ts";
import { PageQuery, pageOf, readPage } from "../../../http/page.ts";
import { missing, Refusal } from "../../../http/problems/problems.ts";
import { route } from "../../../http/route.ts";
import { shownOf } from "../../../webhooks/address.ts";
import { oweDelivery, oweWebhook } from "../../../webhooks/owe.ts";
import { audit } from "../../audited.ts";
import {
  DeliveryParams,
  DeliveryState,
  DeliveryView,
  deliveryOf,
  EndpointParams,
} from "../../shapes/webhooks.ts";

const tag = "Webhooks";
const one = "/v1/organizations/{org}/webhook-endpoints/{endpoint}";

export const webhookDeliveryRoutes = [
  route(
    {
      id: "listWebhookDeliveries",
      tag,
      method: "GET",
      path: `${one}/deliveries`,
      summary: "What an endpoint was sent, newest first",
      description: "With what was sent and what was answered, for seven days.",
      permission: "webhook.read",
      params: EndpointParams,
      query: z.strictObject({ ...PageQuery, state: DeliveryState.optional() }),
      answers: { 200: pageOf(DeliveryView) },
    },
    async (deps, { scope, params, query }) => {
      const { endpoint: endpointId } = params;
      const { state } = query;
      const body = await deps.db.withTenant(scope, async (tx) => {
        if ((await findWebhookEndpoint(tx, endpointId)) === undefined) throw missing();
        return readPage(query, {
          filters: { deliveries: endpointId, state },
          isKey: (text) => parseId("webhookEvent", text) !== undefined,
          read: ({ after, limit }) =>
            listEventDeliveries(tx, {
              ...{ endpointId, state, limit },
              before: after === undefined ? undefined : parseId("webhookEvent", after),
            }),
          keyOf: ({ eventId }) => eventId,
          view: deliveryOf,
        });
      });
      return { body };
    },
  ),
  route(
    {
      id: "redeliverWebhook",
      tag,
      method: "POST",
      path: `${one}/deliveries/{event}/redeliver`,
      summary: "Send an event again",
      description:
        "With the same `webhook-id`, so a receiver that has it knows. Its sequence is the old one.",
      permission: "webhook.write",
      params: DeliveryParams,
      answers: { 202: undefined },
      problems: ["conflict"],
    },
    async (deps, call) =>
      commit(deps, call, async (tx) => {
        const { endpoint: endpointId, event: eventId } = call.params;
        const endpoint = await findWebhookEndpoint(tx, endpointId);
        const [delivery] = await listEventDeliveries(tx, { endpointId, only: eventId, limit: 1 });
        if (endpoint === undefined || delivery === undefined) throw missing();
        if (endpoint.state === "disabled") throw disabled();
        // None: it is on its way already.
        const lanes = await renewDeliveries(tx, { endpointId, eventId, at: new Date(deps.now()) });
        await oweDelivery(deps, tx, call.scope.tenantId, lanes);
        const detail = { event: eventId };
        await audit(deps, tx, call, { action: "webhook_endpoint.redelivered", target: endpointId, detail });
        return { body: undefined };
      }),
  ),
  route(
    {
      id: "testWebhookEndpoint",
      tag,
      method: "POST",
      path: `${one}/test`,
      summary: "Send a test event",
      description:
        "An event of type `webhook_endpoint.test`, whatever the endpoint asked for and also while it is disabled. It is sent once: see the log.",
      permission: "webhook.write",
      params: EndpointParams,
      answers: { 202: undefined },
    },
    async (deps, call) =>
      commit(deps, call, async (tx) => {
        const { endpoint: id } = call.params;
        const endpoint = await findWebhookEndpoint(tx, id);
        if (endpoint === undefined) throw missing();
        await oweWebhook(deps, tx, call.scope.tenantId, {
          type: "webhook_endpoint.test",
          subject: id,
          only: id,
          data: async () => ({ endpoint: { id, origin: shownOf(endpoint.url), reason: null } }),
        });
        await audit(deps, tx, call, { action: "webhook_endpoint.tested", target: id });
        return { body: undefined };
      }),
  ),
];

function disabled(): Refusal {
  return new Refusal("conflict", "The endpoint is disabled, and nothing is sent to it. Enable it first.");
}
