import { exact, WEBHOOK_EVENT_TYPES } from "@aicd/core";
import type { EventDelivery, WebhookEndpoint } from "@aicd/db";
import { z } from "zod";
import { WebhookType } from "../../webhooks/events.ts";
import { idOf, OrgParams, Person, Time, timeOf } from "./common.ts";

const MAX_REPOSITORIES = 500;

export const EndpointParams = OrgParams.extend({ endpoint: idOf("webhookEndpoint") });
export const DeliveryParams = EndpointParams.extend({ event: idOf("webhookEvent") });

/** What a caller sets of an endpoint. */
export const EndpointFields = {
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .describe("Where events are posted to, by https."),
  description: exact(200).describe("What it is for, in your words."),
  types: z
    .array(WebhookType)
    .max(WEBHOOK_EVENT_TYPES.length)
    .describe("What it is told; none: everything, also what comes later."),
  repositories: z
    .array(idOf("repository"))
    .min(1)
    .max(MAX_REPOSITORIES)
    .nullable()
    .describe("Whose tasks it hears of, and nothing else; null: all of the organisation."),
};

const endpoint = {
  id: idOf("webhookEndpoint"),
  url: z.string(),
  description: z.string(),
  types: z.array(z.string()).describe("None: everything."),
  repositories: z.array(idOf("repository")).nullable(),
  enabled: z.boolean(),
  disabledReason: z.string().nullable().describe("Why it was disabled for you; null: a person did it."),
  previousSecretUntil: Time.nullable().describe("Until then events carry a signature of the old secret too."),
  lastDeliveredAt: Time.nullable(),
  createdBy: Person,
  createdAt: Time,
};
export const EndpointView = z.object(endpoint).meta({ id: "WebhookEndpoint" });
export const NewEndpointView = z
  .object({
    ...endpoint,
    secret: z
      .string()
      .nullable()
      .describe("What events are signed with, shown this once; null in a repeated answer."),
  })
  .meta({ id: "NewWebhookEndpoint" });

export function endpointOf(row: WebhookEndpoint): z.infer<typeof EndpointView> {
  const { id, url, description, types, repositories, state, disabledReason, createdBy } = row;
  return {
    id,
    url,
    description,
    types,
    repositories,
    enabled: state === "enabled",
    disabledReason,
    previousSecretUntil: timeOf(row.previousUntil),
    lastDeliveredAt: timeOf(row.lastDeliveredAt),
    createdBy: { login: createdBy.login, id: createdBy.id },
    createdAt: timeOf(row.createdAt),
  };
}

export const DeliveryState = z.enum(["pending", "delivered", "failed"]);

export const DeliveryView = z
  .object({
    event: idOf("webhookEvent").describe("The `webhook-id` of every try."),
    type: z.string(),
    subject: z.string(),
    sequence: z.int(),
    state: DeliveryState.describe("`pending`: on its way, or tried again at `nextTryAt`."),
    tries: z.int(),
    createdAt: Time,
    lastTriedAt: Time.nullable(),
    deliveredAt: Time.nullable(),
    nextTryAt: Time.nullable(),
    status: z.int().nullable().describe("What the last try was answered; null: no answer came."),
    answer: z.string().nullable().describe("The beginning of the last answer."),
    error: z.string().nullable().describe("Why the last try does not count."),
    body: z.string().describe("What is sent and signed, byte for byte."),
  })
  .meta({ id: "WebhookDelivery" });

export function deliveryOf(row: EventDelivery): z.infer<typeof DeliveryView> {
  const { eventId: event, createdAt, lastTriedAt, deliveredAt, dueAt, ...rest } = row;
  return {
    event,
    ...rest,
    createdAt: timeOf(createdAt),
    lastTriedAt: timeOf(lastTriedAt),
    deliveredAt: timeOf(deliveredAt),
    nextTryAt: rest.state === "pending" ? timeOf(dueAt) : null,
  };
}
