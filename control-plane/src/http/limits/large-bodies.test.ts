import { LIMITS } from "@aicd/core";
import fastify from "fastify";
import { expect, it } from "vitest";
import { insistOnAuthenticationBeforeLargeBodies } from "./large-bodies.ts";

const bodyLimit = LIMITS.strangerBodyBytes + 1;
const handler = async () => "";

it("a route that would read a stranger's megabytes cannot be registered", () => {
  const server = fastify();
  insistOnAuthenticationBeforeLargeBodies(server);

  expect(() => server.post("/large", { bodyLimit }, handler)).toThrow(/POST \/large reads 65537 bytes/);
  expect(() => server.post("/asked", { bodyLimit, onRequest: async () => undefined }, handler)).not.toThrow();
  expect(() => server.post("/small", handler)).not.toThrow();
});
