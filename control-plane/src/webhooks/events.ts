import { WEBHOOK_EVENT_TYPES, type WebhookEventType } from "@aicd/core";
import { z } from "zod";

/** The tenant's name in what is sent, as the API has it. */
export const OWNER = "organization";

/** What an event says of a task: how it stood just after. */
const TaskData = z
  .object({
    task: z.object({
      id: z.string(),
      repository: z.object({ id: z.string(), owner: z.string(), name: z.string() }),
      issueNumber: z.int(),
      state: z.string(),
      reason: z.string().nullable().describe("Why it failed or stands still, as a name."),
      detail: z.string().nullable().describe("The same for people."),
      requestedBy: z.string().describe("Their login at GitHub."),
      spentMicroUsd: z.int().describe("Millionths of a US dollar."),
      pullRequest: z.object({ number: z.int(), url: z.string().nullable() }).nullable(),
    }),
  })
  .meta({ id: "WebhookTaskData" });

const EndpointData = z
  .object({ endpoint: z.object({ id: z.string(), origin: z.string(), reason: z.string().nullable() }) })
  .meta({ id: "WebhookEndpointData" });

/** What each type of event carries. */
const DATA = {
  "task.created": TaskData,
  "task.plan_proposed": TaskData,
  "task.approved": TaskData,
  "task.question_asked": TaskData,
  "task.blocked": TaskData,
  "task.pull_request_opened": TaskData,
  "task.checks_failed": TaskData,
  "task.merged": TaskData,
  "task.closed": TaskData,
  "task.failed": TaskData,
  "task.cancelled": TaskData,
  "webhook_endpoint.disabled": EndpointData,
  "webhook_endpoint.test": EndpointData,
} satisfies Record<WebhookEventType, z.ZodType>;

export type DataOf<T extends WebhookEventType> = z.infer<(typeof DATA)[T]>;

/** What every event has beside its type and its data. */
const Envelope = z.object({
  timestamp: z.iso.datetime({ precision: 3 }).describe("When it happened."),
  id: z.string().describe("The `webhook-id`: whoever has seen it has seen the event."),
  [OWNER]: z.string().describe("The id of the organisation it happened in."),
  subject: z.string().describe("The id of what it happened to: a task, an endpoint or the organisation."),
  sequence: z
    .int()
    .positive()
    .describe(
      "The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss.",
    ),
});

/** An event as it is sent. */
export type Told<T extends WebhookEventType> = z.infer<typeof Envelope> & { type: T; data: DataOf<T> };

/** The same, for the API's document. */
export const EVENT_SCHEMAS = WEBHOOK_EVENT_TYPES.map((type) => {
  const name = nameOf(type);
  const shape = { type: z.literal(type), ...Envelope.shape, data: DATA[type] };
  return { type, name, schema: z.object(shape).meta({ id: `${name}Event` }) };
});

/** `task.plan_proposed` is `TaskPlanProposed`. */
function nameOf(type: WebhookEventType): string {
  return type.replaceAll(/(?:^|[._])([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

export const WebhookType = z.enum(WEBHOOK_EVENT_TYPES).meta({ id: "WebhookEventType" });
