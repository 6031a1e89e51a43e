import { z } from "zod";

export type Json = { [key: string]: unknown };

export type SchemaWriter = (schema: z.ZodType, io: "input" | "output") => Json;

/** Schemas with an id become components; two different ones with the same id are a mistake. */
export function createSchemaWriter(components: Json): SchemaWriter {
  return function write(schema, io) {
    const {
      $defs = {},
      $schema: _dialect,
      ...json
    } = z.toJSONSchema(schema, { io }) as Json & { $defs?: Json };
    for (const [name, definition] of Object.entries($defs)) add(name, definition);
    if (typeof json.id !== "string") return withComponentRefs(json);
    add(json.id, json);
    return { $ref: `#/components/schemas/${json.id}` };
  };

  function add(name: string, definition: unknown): void {
    const { id: _id, ...rest } = withComponentRefs(definition) as Json;
    const known = components[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(rest)) {
      throw new Error(`two schemas are called ${name}`);
    }
    components[name] = rest;
  }
}

function withComponentRefs(json: unknown): Json {
  const text = JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as Json;
}
