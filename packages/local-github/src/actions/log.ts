import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { WorkflowJob } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { allJobs } from "./rerun.ts";

/**
 * Where the log of a job lies: a storage behind an address that lets whoever has it read.
 * docs.github.com "Download job logs for a workflow run": "Look for `Location:` in the response header".
 */
export function logAddress(world: World, job: WorkflowJob): string {
  return `${world.url}/_logs/${job.id}?sig=${signatureOf(job)}`;
}

/** The storage: as Azure's, it refuses who shows it GitHub's token beside the address's own signature. */
export function logPages(world: World, server: FastifyInstance): void {
  server.get<{ Params: { job: string }; Querystring: { sig?: string } }>(
    "/_logs/:job",
    async (request, reply) => {
      const jobs = [...world.runs.values()].flatMap(allJobs);
      const job = jobs.find(({ id }) => String(id) === request.params.job);
      reply.type("text/plain; charset=utf-8");
      if (request.headers.authorization !== undefined)
        return reply.code(401).send("InvalidAuthenticationInfo");
      if (job === undefined || request.query.sig !== signatureOf(job))
        return reply.code(403).send("AuthenticationFailed");
      return `\uFEFF${linesOf(world, job).join("\r\n")}`;
    },
  );
}

function linesOf(world: World, { log, startedAt }: WorkflowJob): string[] {
  const at = (startedAt ?? world.now()).replace(/(?:\.\d+)?Z$/, ".0000000Z");
  return log.split("\n").map((line) => `${at} ${line}`);
}

function signatureOf({ nodeId, createdAt }: WorkflowJob): string {
  return createHash("sha256").update(`${nodeId} ${createdAt}`).digest("base64url");
}
