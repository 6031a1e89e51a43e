import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { readPublished } from "../published/read.ts";

export type Json = { [key: string]: unknown };

/** GitHub's REST description, read once, with its schemas compiled only as far as they are used. */
export interface RestDocument {
  source: Json;
  /** Compiles schemas that change nothing: bodies and responses. */
  strict: Ajv;
  /** Compiles schemas that turn path and query text into numbers and booleans. */
  coercing: Ajv;
  prepare: (schema: unknown) => Json;
}

export function loadDocument(): RestDocument {
  const root = JSON.parse(readPublished("rest")) as Json;
  const common = { strict: false, validateSchema: false, logger: false, inlineRefs: false } as const;
  const strict = new Ajv(common);
  const coercing = new Ajv({ ...common, coerceTypes: "array" });
  for (const ajv of [strict, coercing]) {
    addFormats.default(ajv);
    // A bot's address holds brackets, which the format does not allow and GitHub sends.
    ajv.addFormat("email", true);
  }

  const added = new Set<string>();
  /** Rewrites OpenAPI 3.0 to JSON Schema and registers what it refers to, which keeps compilation to what is used. */
  function prepare(schema: unknown): Json {
    const source = schema as Json;
    if (typeof source.$ref === "string") return { $ref: register(source.$ref) };
    const copy: Json = {};
    for (const [key, value] of Object.entries(source)) {
      if (IGNORED_KEYS.has(key)) continue;
      copy[key] = rewrite(key, value);
    }
    // The document sometimes says "all of" a user and an enterprise where it means either.
    if (source.nullable === true && Array.isArray(copy.allOf) && copy.allOf.length > 1) {
      copy.anyOf = copy.allOf;
      delete copy.allOf;
    }
    return source.nullable === true ? { anyOf: [{ type: "null" }, copy] } : copy;
  }
  function rewrite(key: string, value: unknown): unknown {
    if (["items", "not", "additionalProperties"].includes(key)) {
      return typeof value === "object" ? prepare(value) : value;
    }
    if (["allOf", "anyOf", "oneOf"].includes(key)) return (value as unknown[]).map(prepare);
    if (key !== "properties") return value;
    return Object.fromEntries(Object.entries(value as Json).map(([name, inner]) => [name, prepare(inner)]));
  }
  function register(ref: string): string {
    const id = ref.replace("#/components/", "github:");
    if (added.has(ref)) return id;
    added.add(ref);
    const prepared = prepare(resolve(root, ref));
    strict.addSchema(prepared, id);
    coercing.addSchema(prepared, id);
    return id;
  }
  return { source: root, strict, coercing, prepare };
}

const IGNORED_KEYS = new Set([
  "example",
  "examples",
  "description",
  "nullable",
  "discriminator",
  "title",
  "deprecated",
]);

export function resolve(root: Json, ref: string): Json {
  return ref
    .slice(2)
    .split("/")
    .reduce<Json>((node, key) => node[key.replaceAll("~1", "/")] as Json, root);
}
