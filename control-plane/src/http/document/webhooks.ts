import { WEBHOOK_EVENTS } from "@aicd/core";
import { EVENT_SCHEMAS } from "../../webhooks/events.ts";
import type { Json, SchemaWriter } from "./write-schema.ts";

/** The tag of the operations that set endpoints. */
const TAG = "Webhooks";

const DELIVERY =
  "Posted to the endpoints that want it, signed by the Standard Webhooks convention. It may come more than once, always with the same `webhook-id`. Events of one task come one after another, by `sequence`: the order within the task. `sequence` also counts events that the endpoint did not ask for, so a gap in it is no loss. Ignore fields and values that you do not know: there may be more of them one day.";

/** Standard Webhooks 1.0: what makes a request believable. */
const HEADERS: Json[] = [
  header("webhook-id", "The event's id, the same in every try.", "^wev_[0-9a-hjkmnp-tv-z]{26}$"),
  header(
    "webhook-timestamp",
    "When this try was sent, in seconds since 1970. Refuse one that is more than five minutes off.",
    "^[0-9]+$",
  ),
  header(
    "webhook-signature",
    "`v1,` and the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`, by the endpoint's secret. Several stand with a space between them while a secret is changed: one that fits is enough.",
    "^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$",
  ),
];

/** What is sent to a customer's endpoints, as OpenAPI's `webhooks`: one for each type of event. */
export function webhooksOf(schemaOf: SchemaWriter): Json {
  return Object.fromEntries(
    EVENT_SCHEMAS.map(({ type, name, schema }) => [
      type,
      {
        post: {
          operationId: `on${name}`,
          tags: [TAG],
          summary: WEBHOOK_EVENTS[type],
          description: DELIVERY,
          // Nobody signs in at a receiver: the signature says who sends.
          security: [],
          parameters: HEADERS,
          requestBody: {
            required: true,
            // As a reader takes it: a field that is added later breaks no one.
            content: { "application/json": { schema: schemaOf(schema, "input") } },
          },
          responses: type === "webhook_endpoint.test" ? SENT_ONCE : TRIED_AGAIN,
        },
      },
    ]),
  );
}

const TAKEN = { "2XX": { description: "The event was taken." } };
const SENT_ONCE: Json = {
  ...TAKEN,
  default: { description: "It was not taken. A test is sent once; the log says what was answered." },
};
const TRIED_AGAIN: Json = {
  ...TAKEN,
  "410": { description: "The endpoint is gone: it is disabled at once, and what waits for it is kept." },
  default: {
    description:
      "It was not taken, as with a redirect or no whole answer within 15 seconds: it is tried again for three days, each time later. An endpoint that takes nothing for so long is disabled.",
  },
};

function header(name: string, description: string, pattern: string): Json {
  return { name, in: "header", required: true, description, schema: { type: "string", pattern } };
}
