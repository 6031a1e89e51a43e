import type { FastifyInstance } from "fastify";
import type { Deps } from "../deps.ts";
import { createAdmission } from "./admit.ts";
import { compressAnswers } from "./compress.ts";
import { docsRoutes } from "./document/docs.ts";
import { openApiDocument } from "./document/openapi.ts";
import { etagOf, matchesAny } from "./etag.ts";
import { createFairQueue } from "./limits/fair-queue.ts";
import type { Rates } from "./limits/rates.ts";
import { HTTP_OPTIONS } from "./options.ts";
import { allowFrontend, answerOptions } from "./origin.ts";
import { createProblemAnswer, sendProblem } from "./problems/answer-problem.ts";
import { problemDocument } from "./problems/problems.ts";
import type { Method, Route } from "./route.ts";
import { hasHead, PREFIX, serve, urlOf } from "./serve.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;
type Known = Method | "HEAD";

/** The public API: every row of the table under `/v1`, its document at `/openapi.json`, its docs at `/docs`. */
export function apiRoutes(deps: Deps, table: { routes: readonly Route[]; rates: Rates }) {
  const document = JSON.stringify(openApiDocument(table.routes, deps.publicUrl));

  return async function routes(server: FastifyInstance): Promise<void> {
    const answerProblem = createProblemAnswer(deps.log);
    compressAnswers(server);
    server.addHook("preClose", async () => {
      deps.hub.close();
      deps.feed.close();
    });

    const inside = async (api: FastifyInstance) => {
      api.setErrorHandler(answerProblem);
      api.addHook("onRequest", async (request, reply) => {
        reply.header("x-request-id", request.id).header("x-content-type-options", "nosniff");
      });
      readBodies(api);
      allowFrontend(api, deps.frontendOrigin);
      const admit = createAdmission(deps, table.rates, createFairQueue(api, deps));
      for (const route of table.routes) serve(api, deps, route, admit);
      for (const [path, known] of methodsByPath(table.routes))
        refuseOthers(api, path, known, deps.frontendOrigin);
      api.setNotFoundHandler((request, reply) => {
        const detail = "There is no such address. `/docs` lists those there are.";
        sendProblem(reply, problemDocument("missing", { detail, requestId: request.id }));
      });
    };
    await server.register(inside, { prefix: PREFIX });
    const etag = etagOf(document);
    server.get("/openapi.json", async (request, reply) => {
      reply
        .header("access-control-allow-origin", "*")
        .header("etag", etag)
        .header("cache-control", "public, max-age=300");
      if (matchesAny(request.headers["if-none-match"], etag)) return reply.code(304).send();
      return reply.type("application/json; charset=utf-8").send(document);
    });
    await server.register(docsRoutes());
  };
}

/** JSON alone, also under the name that RFC 7396 gives to a change of some fields. */
function readBodies(api: FastifyInstance): void {
  api.removeContentTypeParser("text/plain");
  const parse = api.getDefaultJsonParser(HTTP_OPTIONS.onProtoPoisoning, HTTP_OPTIONS.onConstructorPoisoning);
  api.addContentTypeParser("application/merge-patch+json", { parseAs: "string" }, parse);
}

function methodsByPath(routes: readonly Route[]): Map<string, Known[]> {
  const paths = new Map<string, Known[]>();
  for (const route of routes) {
    const head: Known[] = hasHead(route) ? ["HEAD"] : [];
    paths.set(route.path, [...(paths.get(route.path) ?? []), route.method, ...head]);
  }
  return paths;
}

function refuseOthers(api: FastifyInstance, path: string, known: Known[], origin: string | undefined): void {
  const allow = [...known, "OPTIONS"].join(", ");
  api.options(urlOf(path), async (request, reply) =>
    answerOptions(origin, request, reply.header("allow", allow)),
  );
  api.route({
    method: [...METHODS.filter((method) => !known.includes(method)), "TRACE", "QUERY"],
    url: urlOf(path),
    exposeHeadRoute: false,
    // Before the body, which nobody will read.
    onRequest: async (request, reply) => {
      const detail = `This address takes ${allow}.`;
      sendProblem(reply, problemDocument("method-not-allowed", { detail, requestId: request.id }), { allow });
      return reply;
    },
    handler: async (_request, reply) => reply,
  });
}
