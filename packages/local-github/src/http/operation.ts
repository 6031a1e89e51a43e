import type { ValidateFunction } from "ajv";
import { type Json, type RestDocument, resolve } from "./document.ts";
import type { Method } from "./method.ts";

/** The compiled rules of one documented endpoint. */
export interface Operation {
  params: ValidateFunction;
  query: ValidateFunction;
  queryNames: Set<string>;
  body: ValidateFunction | undefined;
  bodyRequired: boolean;
  bodyNames: Set<string> | undefined;
  responses: Map<string, ValidateFunction | "empty">;
}

function describe(document: RestDocument, method: Method, template: string): Json | undefined {
  const item = (document.source.paths as Record<string, Json>)[template];
  return item?.[method] as Json | undefined;
}

export function compile(loaded: RestDocument, method: Method, template: string): Operation {
  const source = describe(loaded, method, template);
  if (!source) throw new Error(`GitHub's REST description has no ${method} ${template}`);
  const deref = (value: unknown) => {
    const node = value as Json;
    return typeof node.$ref === "string" ? resolve(loaded.source, node.$ref) : node;
  };
  const parameters = ((source.parameters ?? []) as unknown[]).map(deref);
  const group = (place: string) => {
    const mine = parameters.filter((parameter) => parameter.in === place);
    return {
      type: "object",
      properties: Object.fromEntries(mine.map((entry) => [entry.name, loaded.prepare(entry.schema ?? {})])),
      required: mine.filter((entry) => entry.required === true).map((entry) => entry.name),
    };
  };
  const body = source.requestBody ? deref(source.requestBody) : undefined;
  const bodySchema = body && jsonSchemaOf(body);
  const query = group("query");
  const operation: Operation = {
    params: loaded.coercing.compile(group("path")),
    query: loaded.coercing.compile(query),
    queryNames: new Set(Object.keys(query.properties)),
    body: bodySchema && loaded.strict.compile(loaded.prepare(bodySchema)),
    bodyRequired: body?.required === true,
    bodyNames: bodySchema && propertyNames(loaded, bodySchema),
    responses: new Map(),
  };
  for (const [status, response] of Object.entries(source.responses as Json)) {
    const schema = jsonSchemaOf(deref(response));
    operation.responses.set(status, schema ? loaded.strict.compile(loaded.prepare(schema)) : "empty");
  }
  return operation;
}

export function jsonSchemaOf(holder: Json): Json | undefined {
  const content = holder.content as Record<string, Json> | undefined;
  return content?.["application/json"]?.schema as Json | undefined;
}

/** Undefined when the body may hold anything (free-form, or alternatives that are not plain objects). */
function propertyNames(loaded: RestDocument, schema: Json): Set<string> | undefined {
  const source = typeof schema.$ref === "string" ? resolve(loaded.source, schema.$ref) : schema;
  const alternatives = [
    source,
    ...(["allOf", "anyOf", "oneOf"] as const).flatMap((key) => (source[key] ?? []) as Json[]),
  ];
  const named = alternatives.filter((entry) => entry.properties !== undefined);
  if (named.length === 0 || source.additionalProperties === true) return undefined;
  return new Set(named.flatMap((entry) => Object.keys(entry.properties as Json)));
}
