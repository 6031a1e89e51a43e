import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { CSRF_HEADER } from "../identity/csrf.ts";

const EXPOSED =
  "etag, link, location, retry-after, ratelimit, ratelimit-policy, x-request-id, idempotency-replayed";
const ALLOWED = `authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, ${CSRF_HEADER}`;

/** CORS for exactly one origin, with its cookies. Every other origin gets no permission at all. */
export function allowFrontend(server: FastifyInstance, origin: string | undefined): void {
  server.addHook("onRequest", async (request, reply) => {
    reply.header("vary", "origin");
    if (origin === undefined || request.headers.origin !== origin) return;
    reply.headers({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": EXPOSED,
    });
  });
  server.options("/*", async (request, reply) => answerOptions(origin, request, reply));
}

/** What a browser asks before it lets another page's script in. */
export function answerOptions(
  origin: string | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (origin !== undefined && request.headers.origin === origin) {
    reply.headers({
      "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers": ALLOWED,
      "access-control-max-age": "600",
    });
  }
  return reply.code(204).send();
}
