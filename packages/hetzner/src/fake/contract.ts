import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

type Json = { [key: string]: unknown };
type Method = "get" | "post" | "delete";
export type Operation = { method: Method; template: string; params: Record<string, string> };

export type Contract = {
  /** The documented operation of a request; undefined: there is none. */
  find(method: string, path: string): Operation | undefined;
  /** What is wrong with a request's query and body, in words; undefined: nothing. */
  checkRequest(operation: Operation, query: URLSearchParams, body: unknown): string | undefined;
  checkAnswer(operation: Operation, status: number, body: unknown): string | undefined;
};

/** Hetzner's API as its description has it; requests and answers are held against it. */
export function loadContract(): Contract {
  const text = readFileSync(new URL("../../contract/hcloud.json", import.meta.url), "utf8");
  const document = toJsonSchema(JSON.parse(text)) as Json & { paths: Record<string, Json> };
  const ajv = new Ajv({ strict: false, validateSchema: false, logger: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "hcloud");
  const compiled = new Map<string, ValidateFunction>();

  function schemaAt(...path: string[]): ValidateFunction | undefined {
    const pointer = path.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
    const known = compiled.get(pointer);
    if (known !== undefined) return known;
    const holder = path.reduce<unknown>((node, key) => (node as Json | undefined)?.[key], document);
    if (holder === undefined) return undefined;
    const validate = ajv.compile({ $ref: `hcloud#/${encodeURI(pointer)}` });
    compiled.set(pointer, validate);
    return validate;
  }

  function operationOf({ method, template }: Pick<Operation, "method" | "template">): Json {
    return document.paths[template]?.[method] as Json;
  }

  return {
    find(method, path) {
      for (const [template, item] of Object.entries(document.paths)) {
        const params = match(template, path);
        const name = method.toLowerCase();
        if (params !== undefined && name in item) return { method: name as Method, template, params };
      }
      return undefined;
    },
    checkRequest({ method, template }, query, body) {
      const operation = operationOf({ method, template });
      const named = ((operation.parameters ?? []) as Json[]).filter(({ in: place }) => place === "query");
      const unknown = [...query.keys()].find((key) => !named.some(({ name }) => name === key));
      if (unknown !== undefined) return `query: ${unknown} is not documented`;
      const path = ["requestBody", "content", "application/json", "schema"];
      const validate = schemaAt("paths", template, method, ...path);
      if (validate === undefined) return body === undefined ? undefined : "no body is documented";
      return validate(body ?? {}) ? unknownIn(body, document, operation) : explain(validate);
    },
    checkAnswer({ method, template }, status, body) {
      const key = status < 400 ? String(status) : `${Math.floor(status / 100)}xx`;
      const responses = operationOf({ method, template }).responses as Json;
      if (!(key in responses)) return `status ${status} is not documented`;
      const path = ["responses", key, "content", "application/json", "schema"];
      const validate = schemaAt("paths", template, method, ...path);
      if (validate === undefined) return body === undefined ? undefined : `status ${status} has no body`;
      return validate(body) ? undefined : explain(validate);
    },
  };
}

/** The vendor lets unknown names pass; here they are mistakes of ours. */
function unknownIn(body: unknown, document: Json, operation: Json): string | undefined {
  const { schema } =
    ((operation.requestBody as Json).content as Record<string, Json>)["application/json"] ?? {};
  const name =
    String((schema as Json).$ref)
      .split("/")
      .at(-1) ?? "";
  const named = ((document.components as Json).schemas as Record<string, Json>)[name]?.properties as Json;
  const unknown = Object.keys((body ?? {}) as Json).find((key) => !(key in named));
  return unknown === undefined ? undefined : `body: ${unknown} is not documented`;
}

function match(template: string, path: string): Record<string, string> | undefined {
  const [parts, given] = [template.split("/"), path.split("/")];
  if (parts.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith("{")) params[part.slice(1, -1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

/** OpenAPI 3.0 says `nullable` where JSON Schema knows null as a type of its own. */
function toJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (typeof node !== "object" || node === null) return node;
  const { nullable, deprecated: _, ...rest } = node as Json;
  const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, toJsonSchema(value)]));
  // A property may be called so, too.
  if (typeof nullable === "object")
    return { ...copy, nullable: toJsonSchema(nullable), ...named(node as Json) };
  return nullable === true ? { anyOf: [{ type: "null" }, copy] } : { ...copy, ...named(node as Json) };
}

/** `deprecated` is a word of OpenAPI, and a property of servers' images and types. */
function named(node: Json): Json {
  return typeof node.deprecated === "object" ? { deprecated: toJsonSchema(node.deprecated) } : {};
}

function explain({ errors }: ValidateFunction): string {
  return (errors ?? [])
    .slice(0, 3)
    .map(({ instancePath, message }) => `${instancePath || "/"} ${message}`)
    .join("; ");
}
