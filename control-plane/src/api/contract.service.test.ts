import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "../http/document/openapi.ts";
import { isWrite } from "../http/route.ts";
import { ROUTES } from "./routes.ts";
import { arbitraryOf, type Schema } from "./testing/arbitrary.ts";
import { send } from "./testing/client.ts";
import { DEEP, isMyPart } from "./testing/env.ts";
import { createApiWorld } from "./testing/world.ts";

type Parameter = { name: string; in: "path" | "query" | "header"; required: boolean; schema: Schema };
type Operation = {
  operationId: string;
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, unknown> }>;
};

/** Some fifty operations: 50,000 requests when all are made. */
const RUNS = DEEP ? 800 : 20;
const world = await createApiWorld();
const { ours } = world;
const token = ours.users.owner.token;
const document = openApiDocument(ROUTES, world.url) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const { schemas } = document.components;
/** Ids of things that are there, so that requests get past the door. */
const known: Record<string, string[]> = {
  org: [ours.tenantId],
  task: [ours.taskId, ours.failedTaskId],
  repository: [ours.repositoryId],
  user: [ours.users.viewer.userId],
  key: [ours.keyId],
  endpoint: [ours.endpointId],
  event: [ours.webhookEventId],
  name: ["OPENAI_API_KEY"],
};

function requestsTo(path: string, method: string, operation: Operation) {
  const of = (place: Parameter["in"]) => operation.parameters.filter((parameter) => parameter.in === place);
  const ids = of("path").map(({ name, schema }) => [
    name,
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...(known[name] ?? [])) },
      { weight: 1, arbitrary: arbitraryOf(schema, schemas).map(String) },
    ),
  ]);
  const query = of("query").map(({ name, schema }) => [name, arbitraryOf(schema, schemas)]);
  const headers = of("header")
    .filter(({ name }) => name === "Idempotency-Key")
    .map(({ name, schema }) => [name.toLowerCase(), arbitraryOf({ ...schema, maxLength: 20 }, schemas)]);
  const body = operation.requestBody?.content["application/json"]?.schema;
  return fc
    .record({
      ids: fc.record(Object.fromEntries(ids) as Record<string, fc.Arbitrary<string>>),
      query: fc.record(Object.fromEntries(query), { requiredKeys: [] }),
      headers: fc.record(Object.fromEntries(headers), { requiredKeys: [] }),
      body: body === undefined ? fc.constant(undefined) : arbitraryOf(body, schemas),
    })
    .map((parts) => ({
      method: method.toUpperCase(),
      path:
        path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => encode(parts.ids[name] ?? "")) +
        queryOf(parts.query),
      body: parts.body,
      headers: Object.fromEntries(
        Object.entries(parts.headers).map(([name, value]) => [
          name,
          textOf(value).replaceAll(/[^\x21-\x7e]/g, ""),
        ]),
      ),
    }));
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Anything in an address is text; an object has no other form there than its JSON. */
function textOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
}

function queryOf(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${name}=${encode(textOf(one))}`),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(
    ([method, operation]) => [operation.operationId, path, method, operation] as const,
  ),
);

describe("whatever is sent", () => {
  it.each(operations.filter(([id], index) => !id.startsWith("stream") && isMyPart(index)))(
    "%s answers with what its document says",
    async (id, path, method, operation) => {
      const route = ROUTES.find((candidate) => candidate.id === id);
      const check = async (request: Parameters<typeof send>[1]) => {
        const got = await send(world, { ...request, token });
        expect(Object.keys(operation.responses)).toContain(String(got.status));
        expect([got.status < 500, got.text]).toEqual([true, got.text]);
        const media = (got.headers.get("content-type") ?? "").split(";")[0] ?? "";
        const promised = Object.keys(operation.responses[got.status]?.content ?? {});
        if (got.text !== "") expect(promised).toContain(media);
        if (media === "application/json") route?.answers[got.status]?.parse(got.body);
      };

      await fc.assert(fc.asyncProperty(requestsTo(path, method, operation), check), {
        numRuns: isWrite(method.toUpperCase()) ? RUNS * 2 : RUNS,
        // All of them when all are wanted: a time limit would leave some out, and call that a success.
        ...(DEEP ? {} : { interruptAfterTimeLimit: 20_000 }),
      });
    },
    DEEP ? 3_600_000 : 60_000,
  );
});
