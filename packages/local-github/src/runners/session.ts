import type { FastifyInstance } from "fastify";
import type { WorkflowJob } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { offerJob } from "./match.ts";

/**
 * Where a runner's machine listens: the answer comes when its one job is over, and a connection that ends before is a
 * machine that is gone. The real protocol is not published; this one tells the same.
 */
export function runnerSessions(world: World, server: FastifyInstance): void {
  server.get("/_actions/runner", async (request, reply) => {
    const key = request.headers.authorization?.replace(/^bearer /i, "");
    const runner = [...world.runners.all.values()].find((each) => each.key === key);
    if (runner === undefined || runner.take !== undefined || runner.job !== undefined)
      return reply.code(401).send({ message: "The runner registration has been deleted from the server" });
    const taken = Promise.withResolvers<WorkflowJob>();
    runner.take = taken.resolve;
    request.raw.socket.once("close", () => {
      runner.take = undefined;
      runner.gone.abort();
    });
    offerJob(world, runner);
    const job = await taken.promise;
    await runner.over.promise;
    return { job: job.id, conclusion: job.conclusion };
  });
}
