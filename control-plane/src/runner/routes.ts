import { LIMITS } from "@aicd/core";
import {
  ChangeSetRequest,
  EventsRequest,
  Heartbeat,
  LeaseRequest,
  PlanRequest,
  ResultRequest,
} from "@aicd/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Deps } from "../deps.ts";
import { authenticateRunner, bearerOf, type Runner } from "./authenticate.ts";
import { receiveChangeSet } from "./change-set.ts";
import { receiveEvents } from "./events.ts";
import { heartbeat } from "./heartbeat.ts";
import { lease } from "./lease.ts";
import { receivePlan } from "./plan.ts";
import { receiveResult } from "./result.ts";

/** The runner protocol. Bodies are checked by the messages of `@aicd/protocol`. */
export function runnerRoutes(deps: Deps) {
  return async function routes(server: FastifyInstance): Promise<void> {
    /** A leased route: parse, authenticate, do, answer. */
    function leased<B extends z.ZodType>(
      path: string,
      body: B,
      handle: (runner: Runner, body: z.output<B>) => Promise<unknown>,
      bodyLimit: number = LIMITS.apiBodyBytes,
    ): void {
      server.post(path, { bodyLimit }, async (request: FastifyRequest) => {
        const token = bearerOf(request);
        const parsed = body.parse(request.body);
        return handle(await authenticateRunner(deps, token), parsed);
      });
    }

    server.post("/v1/runner/lease", async (request) =>
      lease(deps, bearerOf(request), LeaseRequest.parse(request.body)),
    );
    leased("/v1/runner/heartbeat", Heartbeat, (runner, body) => heartbeat(deps, runner, body));
    leased("/v1/runner/events", EventsRequest, (runner, body) => receiveEvents(deps, runner, body));
    leased("/v1/runner/plan", PlanRequest, (runner, body) => receivePlan(deps, runner, body));
    leased(
      "/v1/runner/changeset",
      ChangeSetRequest,
      (runner, body) => receiveChangeSet(deps, runner, body),
      LIMITS.uploadBytes,
    );
    leased("/v1/runner/result", ResultRequest, async (runner, body) => {
      await receiveResult(deps, runner, body);
      return { accepted: true };
    });
  };
}
