import fastify from "fastify";
import { expect, it } from "vitest";
import { securityTextRoutes } from "./security-text.ts";

it("says whom to tell of a hole, and until when that holds", async () => {
  const server = fastify();
  server.register(securityTextRoutes({ publicUrl: "https://aicd.example", now: () => 0 }));

  const { statusCode, headers, body } = await server.inject("/.well-known/security.txt");

  expect([statusCode, headers["content-type"]]).toEqual([200, "text/plain; charset=utf-8"]);
  expect(body).toMatch(/^Contact: https:\/\/\S+\/security\/advisories\/new$/m);
  expect(body).toMatch(/^Expires: 1971-01-01T00:00:00\.000Z$/m);
});
