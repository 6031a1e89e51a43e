import type { z } from "zod";
import { CSRF_HEADER } from "../../identity/csrf.ts";
import { PROBLEMS, type ProblemName } from "../problems/problems.ts";
import { inOrganization, isWrite, type Route } from "../route.ts";
import { webhooksOf } from "./webhooks.ts";
import { createSchemaWriter, type Json, type SchemaWriter } from "./write-schema.ts";

const ALWAYS: ProblemName[] = ["invalid", "unauthenticated", "missing", "limited", "broken", "unavailable"];
const ON_WRITES: ProblemName[] = ["forbidden", "request-running", "too-large", "media-type", "key-reused"];

/** The OpenAPI 3.1 document of the routes; the same table always gives the same document. */
export function openApiDocument(routes: readonly Route[], serverUrl: string): Json {
  const schemas: Json = { Problem: problemSchema() };
  const schemaOf = createSchemaWriter(schemas);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    Object.assign(paths[route.path] ?? {}, {
      [route.method.toLowerCase()]: operationOf(route, schemaOf),
    });
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "AI-CD",
      version: "1",
      description:
        "Turns GitHub issues into reviewed pull requests. Every refusal is a problem document (RFC 9457) whose `type` is stable. Repeat a write safely by sending the same `Idempotency-Key`.",
    },
    servers: [{ url: serverUrl }],
    security: [{ bearer: [] }, { session: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    webhooks: webhooksOf(schemaOf),
    components: {
      schemas: sorted(schemas),
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "An API key, or the access token of a sign-in.",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "aicd_session",
          description: `A browser's session; writes carry the token of \`GET /auth/session\` as \`${CSRF_HEADER}\`.`,
        },
      },
    },
  };
}

function operationOf(route: Route, schemaOf: SchemaWriter): Json {
  const write = isWrite(route.method);
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.permission === null ? {} : { "x-permission": route.permission }),
    parameters: [
      ...parametersOf("path", route.params, schemaOf),
      ...parametersOf("query", route.query, schemaOf),
      ...headersOf(route),
    ],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: !route.body.safeParse(undefined).success,
            content: { "application/json": { schema: schemaOf(route.body, "input") } },
          },
        }),
    responses: { ...successesOf(route, schemaOf), ...problemsOf(route, write) },
  };
}

function parametersOf(place: "path" | "query", parts: Route["params"], schemaOf: SchemaWriter): Json[] {
  return Object.entries(parts?.shape ?? {}).map(([name, schema]) => {
    const { description, ...json } = schemaOf(schema as z.ZodType, "input");
    return {
      name,
      in: place,
      required: place === "path" || !(schema as z.ZodType).safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema: json,
    };
  });
}

function headersOf(route: Route): Json[] {
  const header = (name: string, description: string, schema: Json = { type: "string" }) => ({
    name,
    in: "header",
    required: false,
    description,
    schema,
  });
  if (route.media === "text/event-stream" && route.resumes === undefined) return [];
  if (route.media === "text/event-stream") {
    const form = "^evt_[0-9a-hjkmnp-tv-z]{26}\\.[0-9]{1,9}$";
    return [header("Last-Event-ID", "The last `id` that was read.", { type: "string", pattern: form })];
  }
  if (!isWrite(route.method)) {
    return route.untagged === undefined ? [header("If-None-Match", "An ETag of an earlier answer.")] : [];
  }
  const key = { type: "string", pattern: "^[!-~]{1,255}$" };
  return [
    ...(inOrganization(route) ? [header("Idempotency-Key", "Names this write; kept for a day.", key)] : []),
    ...(route.problems?.includes("changed") === true
      ? [header("If-Match", "Write only if it still has this ETag.")]
      : []),
  ];
}

function successesOf(route: Route, schemaOf: SchemaWriter): Json {
  const media = route.media ?? "application/json";
  const responses: Json = {};
  for (const [status, schema] of Object.entries(route.answers)) {
    responses[status] = {
      description: route.summary,
      ...(schema === undefined ? {} : { content: { [media]: { schema: bodyOf(media, schema, schemaOf) } } }),
    };
  }
  const tagged = !isWrite(route.method) && route.media === undefined && route.untagged === undefined;
  if (tagged) responses["304"] = { description: "It still has the ETag of `If-None-Match`." };
  return responses;
}

/** A stream is text; what each of its parts is stands beside it. */
function bodyOf(media: string, schema: z.ZodType, schemaOf: SchemaWriter): Json {
  const json = schemaOf(schema, "output");
  return media === "application/json" ? json : { type: "string", "x-item": json };
}

function problemsOf(route: Route, write: boolean): Json {
  const names = [
    ...ALWAYS,
    ...(route.permission === null ? [] : (["forbidden"] as const)),
    ...(write ? ON_WRITES : []),
    ...(route.problems ?? []),
  ];
  const byStatus = new Map<number, ProblemName[]>();
  for (const name of new Set<ProblemName>(names)) {
    const { status } = PROBLEMS[name];
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((name) => `${PROBLEMS[name].title} (\`urn:aicd:problem:${name}\`)`).join("; "),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}

function problemSchema(): Json {
  const names = Object.keys(PROBLEMS).map((name) => `urn:aicd:problem:${name}`);
  return {
    type: "object",
    required: ["type", "title", "status", "detail", "instance"],
    properties: {
      type: { type: "string", enum: names },
      title: { type: "string" },
      status: { type: "integer" },
      detail: { type: "string" },
      instance: { type: "string" },
      errors: {
        type: "array",
        items: {
          type: "object",
          required: ["in", "pointer", "detail"],
          properties: {
            in: { type: "string", enum: ["body", "query", "header"] },
            pointer: { type: "string" },
            detail: { type: "string" },
          },
        },
      },
    },
  };
}

function sorted(schemas: Json): Json {
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}
