import { randomBytes } from "node:crypto";
import fastify from "fastify";
import { afterAll } from "vitest";
import { HTTP_OPTIONS } from "../../http/options.ts";
import { problemHandler } from "../../http/problems/problem-handler.ts";
import { hashToken } from "../../identity/authenticate-runner.ts";
import type { Home } from "../../testing/home.ts";
import { createTaskWorld, type Planted } from "../../testing/tasks.ts";
import { runnerRoutes } from "../routes.ts";

export type Answer = { status: number; body: Record<string, unknown> };

/** The runner protocol as HTTP over a task world, with runners that hold leases. */
export async function createRunnerWorld(options: { home?: Home } = {}) {
  const world = await createTaskWorld(options);
  const server = fastify(HTTP_OPTIONS);
  server.setErrorHandler(problemHandler(world.deps.log, () => false));
  await server.register(runnerRoutes(world.deps));
  afterAll(async () => {
    await server.close();
    await Promise.all([world.deps.codeIndex.reader.close(), world.deps.codeIndex.writer.close()]);
  });

  async function post(route: string, token: string | undefined, body: object): Promise<Answer> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const url = `/v1/runner/${route}`;
    const answer = await server.inject({ method: "POST", url, headers, payload: body });
    return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
  }

  return {
    ...world,
    post,
    /** The runner that holds the lease of a planted task: says things under its token and its epoch, which is 1. */
    async runnerOf({ attempt }: Planted) {
      if (attempt === undefined) throw new Error("nobody is at work on the task");
      const token = `aicd_lease_${randomBytes(32).toString("base64url")}`;
      await world.pool.query("UPDATE attempts SET token_hash = $2 WHERE id = $1", [
        attempt.id,
        hashToken(token),
      ]);
      return {
        attemptId: attempt.id,
        token,
        says: (route: string, body: object = {}) => post(route, token, { epoch: 1, ...body }),
      };
    },
  };
}
