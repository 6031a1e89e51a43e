import { LIMITS } from "@aicd/core";
import type { FastifyInstance } from "fastify";

/**
 * Holds every route to the rule that nobody without a token costs memory: one that takes more than a stranger's
 * body has to ask who it is in `onRequest`, before it reads any. A route that forgets it cannot be registered.
 */
export function insistOnAuthenticationBeforeLargeBodies(server: FastifyInstance): void {
  server.addHook("onRoute", ({ url, method, bodyLimit, onRequest }) => {
    if (bodyLimit === undefined || bodyLimit <= LIMITS.strangerBodyBytes || onRequest !== undefined) return;
    throw new Error(`${String(method)} ${url} reads ${bodyLimit} bytes before it knows from whom`);
  });
}
