import { HOME_PAGE } from "@aicd/core";
import type { FastifyInstance } from "fastify";

/** Where holes are told of; the people who write the server read it, whoever runs it. */
const CONTACT = `${HOME_PAGE}/security/advisories/new`;
const DAYS = 365;

/** `/.well-known/security.txt` (RFC 9116): whom to tell of a hole. */
export function securityTextRoutes(deps: { publicUrl: string; now: () => number }) {
  return async function routes(server: FastifyInstance): Promise<void> {
    server.get("/.well-known/security.txt", async (_request, reply) => {
      const expires = new Date(deps.now() + DAYS * 24 * 60 * 60_000).toISOString();
      const lines = [
        `Contact: ${CONTACT}`,
        `Expires: ${expires}`,
        "Preferred-Languages: en",
        `Canonical: ${deps.publicUrl}/.well-known/security.txt`,
      ];
      return reply.type("text/plain; charset=utf-8").send(`${lines.join("\n")}\n`);
    });
  };
}
