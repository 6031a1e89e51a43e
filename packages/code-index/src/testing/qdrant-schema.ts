import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

type Json = { [key: string]: unknown };
type Parameter = { name: string; in: string; schema: Json };
type Operation = {
  parameters?: Parameter[];
  requestBody?: { content: { "application/json": { schema: Json } } };
};

/** Checks requests against the vendor's OpenAPI document; answers what is wrong with one. */
export type CheckRequest = (method: string, url: URL, body: unknown) => string | undefined;

export function createSchemaCheck(file: string): CheckRequest {
  const api = closed(JSON.parse(readFileSync(file, "utf8"))) as Json;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false });
  ajv.addSchema({ $id: "api", components: api.components } as Json);
  const compiled = new Map<string, ValidateFunction>();
  const validate = (name: string, schema: Json) => {
    const known = compiled.get(name) ?? ajv.compile(schema);
    compiled.set(name, known);
    return known;
  };

  return (method, url, body) => {
    const name = `${method} ${url.pathname}`;
    const found = operationOf(api.paths as Record<string, Record<string, Operation>>, method, url.pathname);
    if (found === undefined) return `${name} is not in the API`;
    for (const [key, value] of url.searchParams) {
      const parameter = found.parameters?.find((one) => one.in === "query" && one.name === key);
      if (parameter === undefined) return `${name} has no parameter ${key}`;
      const typed = /^(?:true|false|\d+)$/.test(value) ? JSON.parse(value) : value;
      const check = validate(`${name}?${key}`, parameter.schema);
      if (!check(typed)) return `${name}: ${key} ${ajv.errorsText(check.errors)}`;
    }
    const schema = found.requestBody?.content["application/json"].schema;
    if (schema === undefined) return body === undefined ? undefined : `${name} takes no body`;
    const check = validate(name, schema);
    return check(body) ? undefined : `${name}: ${ajv.errorsText(check.errors)}`;
  };
}

function operationOf(paths: Record<string, Record<string, Operation>>, method: string, path: string) {
  const parts = path.split("/");
  for (const [template, operations] of Object.entries(paths)) {
    const wanted = template.split("/");
    const fits =
      wanted.length === parts.length && wanted.every((part, at) => part === parts[at] || /^\{/.test(part));
    const found = operations[method.toLowerCase()];
    if (fits && found !== undefined) return found;
  }
  return undefined;
}

/** OpenAPI 3.0 as JSON Schema, with no room for fields the vendor does not know. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, discriminator, ...rest } = value as Json;
  const next: Json = Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, closed(one)]));
  if (typeof next.$ref === "string") next.$ref = next.$ref.replace("#/", "api#/");
  if (next.type === "object" && next.properties !== undefined && next.additionalProperties === undefined) {
    next.additionalProperties = false;
  }
  if (nullable !== true) return next;
  if (typeof next.type === "string") return { ...next, type: [next.type, "null"] };
  return Object.keys(next).length === 0 ? { type: "null" } : { anyOf: [next, { type: "null" }] };
}
