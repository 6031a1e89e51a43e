import { WEBHOOK_EVENT_TYPES, type WebhookEventType } from "@aicd/core";
import { z } from "zod";

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
export type DataOf<T extends WebhookEventType> = T extends `task.${string}`
  ? z.infer<typeof TaskData>
  : z.infer<typeof EndpointData>;

export const WebhookType = z.enum(WEBHOOK_EVENT_TYPES).meta({ id: "WebhookEventType" });
