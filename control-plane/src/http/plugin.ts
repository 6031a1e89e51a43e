import type { FastifyInstance } from "fastify";
import type { Deps } from "../deps.ts";
import { createAdmission } from "./admit.ts";
import { docsRoutes } from "./document/docs.ts";
import { openApiDocument } from "./document/openapi.ts";
import { createFairQueue } from "./limits/fair-queue.ts";
import type { Rates } from "./limits/rates.ts";
import { allowFrontend } from "./origin.ts";
import { createProblemAnswer, sendProblem } from "./problems/answer-problem.ts";
import { problemDocument } from "./problems/problems.ts";
import type { Method, Route } from "./route.ts";
import { PREFIX, serve, urlOf } from "./serve.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const satisfies Method[];

/** The public API: every row of the table under `/v1`, its document at `/openapi.json`, its docs at `/docs`. */
export function apiRoutes(deps: Deps, table: { routes: readonly Route[]; rates: Rates }) {
  const document = JSON.stringify(openApiDocument(table.routes, deps.publicUrl));

  return async function routes(server: FastifyInstance): Promise<void> {
    const answerProblem = createProblemAnswer(deps.log);
    server.addHook("preClose", async () => {
      deps.hub.close();
      deps.feed.close();
    });

    const inside = async (api: FastifyInstance) => {
      api.setErrorHandler(answerProblem);
      api.addHook("onRequest", async (request, reply) => {
        reply.header("x-request-id", request.id).header("x-content-type-options", "nosniff");
      });
      allowFrontend(api, deps.frontendOrigin);
      const admit = createAdmission(deps, table.rates, createFairQueue(api, deps));
      for (const route of table.routes) serve(api, deps, route, admit);
      for (const [path, known] of methodsByPath(table.routes)) refuseOthers(api, path, known);
      api.setNotFoundHandler((request, reply) => {
        const detail = "There is no such address. `/docs` lists those there are.";
        sendProblem(reply, problemDocument("missing", { detail, requestId: request.id }));
      });
    };
    await server.register(inside, { prefix: PREFIX });
    server.get("/openapi.json", async (_request, reply) =>
      reply.header("access-control-allow-origin", "*").type("application/json; charset=utf-8").send(document),
    );
    await server.register(docsRoutes());
  };
}

function methodsByPath(routes: readonly Route[]): Map<string, Method[]> {
  const paths = new Map<string, Method[]>();
  for (const { path, method } of routes) paths.set(path, [...(paths.get(path) ?? []), method]);
  return paths;
}

function refuseOthers(api: FastifyInstance, path: string, known: Method[]): void {
  api.route({
    method: [...METHODS.filter((method) => !known.includes(method)), "TRACE", "QUERY"],
    url: urlOf(path),
    exposeHeadRoute: false,
    // Before the body, which nobody will read.
    onRequest: async (request, reply) => {
      const allow = known.join(", ");
      const detail = `This address takes ${allow}.`;
      sendProblem(reply, problemDocument("method-not-allowed", { detail, requestId: request.id }), { allow });
      return reply;
    },
    handler: async (_request, reply) => reply,
  });
}
