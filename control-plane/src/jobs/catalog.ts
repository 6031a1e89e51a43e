import { z } from "zod";
import { defineJobs } from "../outbox/catalog.ts";

const id = z.string().min(1).max(64);
const seconds = (value: number) => value * 1_000;
/** 1 s, 2 s, 4 s … up to five minutes. */
const doubling = (tries: number) => Math.min(seconds(300), seconds(1) * 2 ** Math.min(tries - 1, 10));
/** Hours: GitHub's worst outages, and a used-up rate limit, must not cost a request its outcome. */
const PATIENT = 60;

const task = z.object({ tenantId: id, taskId: id });
const attempt = z.object({ tenantId: id, attemptId: id });

/** All background work. Payloads carry ids only; the handler loads and checks again. */
export const JOBS = defineJobs({
  "receive-delivery": {
    payload: z.object({ deliveryId: id }),
    tries: PATIENT,
    backoffMs: doubling,
    timeoutMs: seconds(60),
  },
  "sync-installation": {
    payload: z.object({ installationId: z.number().int() }),
    tries: PATIENT,
    backoffMs: doubling,
    timeoutMs: seconds(300),
  },
  "onboard-repository": {
    payload: z.object({ tenantId: id, repositoryId: id }),
    tries: PATIENT,
    backoffMs: doubling,
    timeoutMs: seconds(120),
  },
  "examine-repository": {
    payload: z.object({ tenantId: id, repositoryId: id, intentId: id }),
    tries: 10,
    backoffMs: doubling,
    timeoutMs: seconds(60),
  },
  // Only a nudge: what is due stands in the rows, and the indexer looks by itself too.
  "index-repository": {
    payload: z.object({ tenantId: id, repositoryId: id }),
    tries: 3,
    backoffMs: doubling,
    timeoutMs: seconds(10),
  },
  "pause-tenant": {
    payload: z.object({ tenantId: id }),
    tries: PATIENT,
    backoffMs: doubling,
    timeoutMs: seconds(120),
  },
  "sync-marketplace": {
    payload: z.object({ accountId: z.number().int() }),
    tries: PATIENT,
    backoffMs: doubling,
    timeoutMs: seconds(60),
  },
  "sync-stripe": {
    payload: z.object({ tenantId: id }),
    tries: PATIENT,
    backoffMs: doubling,
    timeoutMs: seconds(120),
  },
  "start-attempt": { payload: task, tries: PATIENT, backoffMs: doubling, timeoutMs: seconds(120) },
  "ask-run": { payload: attempt, tries: PATIENT, backoffMs: doubling, timeoutMs: seconds(60) },
  // Not patient: the sweep asks anew.
  "ask-pull-request": { payload: task, tries: 3, backoffMs: doubling, timeoutMs: seconds(60) },
  "cancel-run": { payload: attempt, tries: 10, backoffMs: doubling, timeoutMs: seconds(60) },
  "publish-changes": { payload: task, tries: PATIENT, backoffMs: doubling, timeoutMs: seconds(180) },
  "judge-checks": { payload: task, tries: PATIENT, backoffMs: doubling, timeoutMs: seconds(120) },
  // A vendor that is away for long ends the attempt, which holds a runner meanwhile. One call takes minutes.
  "review-change": {
    payload: attempt.extend({ changeSetId: id }),
    tries: 10,
    backoffMs: doubling,
    timeoutMs: seconds(900),
  },
  "update-check": { payload: task, tries: PATIENT, backoffMs: doubling, timeoutMs: seconds(60) },
  "update-thread": { payload: task, tries: PATIENT, backoffMs: doubling, timeoutMs: seconds(60) },
  "settle-request": {
    payload: task.extend({ content: z.enum(["rocket", "confused"]) }),
    tries: PATIENT,
    backoffMs: doubling,
    timeoutMs: seconds(60),
  },
  "post-comment": {
    payload: z.object({ tenantId: id, commentId: id }),
    tries: PATIENT,
    backoffMs: doubling,
    timeoutMs: seconds(60),
  },
  // One lane: what happened to one task, or to the tenant, for one endpoint.
  "deliver-webhooks": {
    payload: z.object({ tenantId: id, endpointId: id, lane: id }),
    tries: PATIENT,
    backoffMs: doubling,
    timeoutMs: seconds(90),
  },
  react: {
    payload: z.object({
      tenantId: id,
      intentId: id,
      content: z.enum(["eyes", "rocket", "confused", "-1"]),
    }),
    tries: PATIENT,
    backoffMs: doubling,
    timeoutMs: seconds(30),
  },
});
export type Jobs = typeof JOBS;
