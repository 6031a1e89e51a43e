import { z } from "zod";

/** What tells a model how to fill in arguments. Bounds are left out: they are checked, and said where they are broken. */
const KEPT = new Set(["type", "properties", "required", "items", "enum", "const", "anyOf", "description"]);

/** The JSON Schema of a tool's arguments, without the noise that each request would pay for. */
export function leanSchema(schema: z.ZodType): Record<string, unknown> {
  return lean(z.toJSONSchema(schema, { io: "input" })) as Record<string, unknown>;
}

function lean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lean);
  if (typeof value !== "object" || value === null) return value;
  const only = besideNull(value);
  if (only !== undefined) return lean(only);
  const kept: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === "properties") {
      // Names of arguments, not words of the schema.
      kept.properties = Object.fromEntries(Object.entries(inner).map(([name, of]) => [name, lean(of)]));
    } else if (KEPT.has(key)) kept[key] = lean(inner);
  }
  return kept;
}

/** What may be null may as well be left out, which needs no second schema. */
function besideNull(value: object): unknown {
  const either = "anyOf" in value && Array.isArray(value.anyOf) ? value.anyOf : [];
  const rest = either.filter((one) => one?.type !== "null");
  return rest.length === 1 && either.length === 2 ? rest[0] : undefined;
}
