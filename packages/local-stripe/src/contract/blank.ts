import { published, type Schema } from "./published.ts";

/**
 * A new object as Stripe describes it: everything it always has, empty, with what is known of it.
 * @param name of the schema
 */
export function blank<T extends object>(name: string, known: T): T & Record<string, unknown> {
  return { ...(emptyOf({ $ref: name }) as Record<string, unknown>), ...known };
}

function emptyOf(schema: Schema): unknown {
  if (schema.nullable === true) return null;
  if (typeof schema.$ref === "string") return emptyOf(published().schemas[schema.$ref] ?? {});
  if (Array.isArray(schema.anyOf)) return emptyOf(schema.anyOf[0] as Schema);
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.type === "array") return [];
  if (schema.type === "boolean") return false;
  if (schema.type === "integer" || schema.type === "number") return 0;
  if (schema.type === "string") return "";
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const always = (schema.required ?? []) as string[];
  return Object.fromEntries(always.map((name) => [name, emptyOf(properties[name] ?? {})]));
}
