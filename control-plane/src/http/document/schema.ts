import { SCHEMA_PATH, settingsSchema } from "@aicd/core";
import type { FastifyInstance } from "fastify";

/** The JSON Schema that the first line of a repository's settings names; editors of anybody may read it. */
export async function schemaRoutes(server: FastifyInstance): Promise<void> {
  const text = JSON.stringify(settingsSchema());
  server.get(SCHEMA_PATH, async (_request, reply) =>
    reply
      .type("application/schema+json; charset=utf-8")
      .header("access-control-allow-origin", "*")
      .header("cache-control", "public, max-age=3600")
      .send(text),
  );
}
