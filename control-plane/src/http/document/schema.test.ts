import { readFileSync } from "node:fs";
import fastify from "fastify";
import { expect, it } from "vitest";
import { schemaRoutes } from "./schema.ts";

it("serves the schema of the settings, the same as is published with the Action", async () => {
  const server = fastify();
  server.register(schemaRoutes);

  const answer = await server.inject("/schemas/aicd.json");

  const published = new URL("../../../../action/aicd.schema.json", import.meta.url);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers["access-control-allow-origin"]).toBe("*");
  expect(answer.json()).toEqual(JSON.parse(readFileSync(published, "utf8")));
});
