import { Ajv, type ValidateFunction } from "ajv";
import { published, type Schema } from "./published.ts";
import type { Operation } from "./used.ts";

type Kind = "body" | "query" | "answer";

const OPTIONS = { strict: false, validateSchema: false, logger: false, validateFormats: false } as const;
/** Answers are held against it as they are; what is asked arrives as text and becomes what it is described as. */
const ajvs = { asked: new Ajv({ ...OPTIONS, coerceTypes: true }), answered: new Ajv(OPTIONS) };
const compiled = new Map<string, ValidateFunction | undefined>();
const added = new Set<string>();

/** Undefined: the operation takes nothing there. */
export function validatorOf(operation: Operation, kind: Kind): ValidateFunction | undefined {
  const key = `${operation} ${kind}`;
  if (!compiled.has(key)) {
    const schema = published().operations[operation][kind];
    const ajv = ajvs[kind === "answer" ? "answered" : "asked"];
    compiled.set(key, schema === undefined ? undefined : ajv.compile(prepare(schema)));
  }
  return compiled.get(key);
}

/** OpenAPI 3.0 as JSON Schema; what it refers to is registered as far as it is reached. */
function prepare(schema: Schema): Schema {
  if (typeof schema.$ref === "string") return { $ref: register(schema.$ref) };
  const copy: Schema = {};
  for (const [key, value] of Object.entries(schema)) if (key !== "nullable") copy[key] = rewrite(key, value);
  return schema.nullable === true ? { anyOf: [{ type: "null" }, copy] } : copy;
}

function rewrite(key: string, value: unknown): unknown {
  if (key === "items" || (key === "additionalProperties" && typeof value === "object"))
    return prepare(value as Schema);
  if (key === "anyOf") return (value as Schema[]).map(prepare);
  if (key !== "properties") return value;
  return Object.fromEntries(
    Object.entries(value as Schema).map(([name, inner]) => [name, prepare(inner as Schema)]),
  );
}

function register(name: string): string {
  const id = `stripe:${name}`;
  if (added.has(name)) return id;
  added.add(name);
  const prepared = prepare(published().schemas[name] ?? {});
  for (const ajv of Object.values(ajvs)) ajv.addSchema(prepared, id);
  return id;
}
