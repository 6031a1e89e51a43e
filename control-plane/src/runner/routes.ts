import { AicdError, LIMITS } from "@aicd/core";
import {
  ChangeSetRequest,
  CheckpointRequest,
  EventsRequest,
  Heartbeat,
  LeaseRequest,
  PlanRequest,
  ResultRequest,
  ReviewRequest,
  SearchRequest,
} from "@aicd/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Deps } from "../deps.ts";
import { authenticateRunner, bearerOf, type Runner } from "../identity/authenticate-runner.ts";
import { createKeyedLimit } from "../keyed-limit.ts";
import { receiveChangeSet } from "./change-set.ts";
import { receiveCheckpoint } from "./checkpoint.ts";
import { insistOnDiscretion } from "./discretion.ts";
import { receiveEvents } from "./events.ts";
import { heartbeat } from "./heartbeat.ts";
import { lease } from "./lease.ts";
import { receivePlan } from "./plan.ts";
import { receiveResult } from "./result.ts";
import { hearReview } from "./review.ts";
import { SEARCHES, searchCode } from "./search.ts";

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
      const runners = new WeakMap<FastifyRequest, Runner>();
      // Before the body: a stranger's megabytes are not worth reading.
      const onRequest = async (request: FastifyRequest) => {
        runners.set(request, await authenticateRunner(deps, bearerOf(request)));
      };
      server.post(path, { bodyLimit, onRequest }, async (request) => {
        const runner = runners.get(request);
        if (runner === undefined) throw new AicdError("unauthenticated", "Send the lease token.");
        const said = body.parse(request.body);
        insistOnDiscretion(said, bearerOf(request));
        return handle(runner, said);
      });
    }

    const searches = createKeyedLimit(SEARCHES);
    server.post("/v1/runner/lease", async (request) =>
      lease(deps, bearerOf(request), LeaseRequest.parse(request.body)),
    );
    leased("/v1/runner/heartbeat", Heartbeat, (runner, body) => heartbeat(deps, runner, body));
    leased("/v1/runner/events", EventsRequest, (runner, body) => receiveEvents(deps, runner, body));
    leased(
      "/v1/runner/plan",
      PlanRequest,
      (runner, body) => receivePlan(deps, runner, body),
      LIMITS.uploadBytes,
    );
    leased(
      "/v1/runner/changeset",
      ChangeSetRequest,
      (runner, body) => receiveChangeSet(deps, runner, body),
      LIMITS.uploadBytes,
    );
    leased(
      "/v1/runner/checkpoint",
      CheckpointRequest,
      async (runner, body) => {
        await receiveCheckpoint(deps, runner, body);
        return { accepted: true };
      },
      LIMITS.uploadBytes,
    );
    leased("/v1/runner/review", ReviewRequest, (runner, body) => hearReview(deps, runner, body));
    leased("/v1/runner/search", SearchRequest, (runner, body) =>
      searchCode({ ...deps, searches }, runner, body),
    );
    leased(
      "/v1/runner/result",
      ResultRequest,
      async (runner, body) => {
        await receiveResult(deps, runner, body);
        return { accepted: true };
      },
      LIMITS.uploadBytes,
    );
  };
}
