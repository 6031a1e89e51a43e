import { randomUUID } from "node:crypto";
import { LIMITS } from "@aicd/core";
import type { FastifyServerOptions } from "fastify";

/** What every server of ours is made with. */
export const HTTP_OPTIONS = {
  bodyLimit: LIMITS.apiBodyBytes,
  onProtoPoisoning: "remove",
  onConstructorPoisoning: "remove",
  // Unique among all processes and restarts: it names what a request did, in the log and in the database.
  genReqId: () => `req_${randomUUID().replaceAll("-", "")}`,
} as const satisfies FastifyServerOptions;
