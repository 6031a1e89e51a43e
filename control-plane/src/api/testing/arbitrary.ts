import fc from "fast-check";

export type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  maxItems?: number;
};

const JUNK = fc.oneof(
  fc.anything({ maxDepth: 3, withNullPrototype: false }).map((value) => value ?? null),
  fc.constantFrom("", "\u0000", "\ud800", "../..", "' OR 1=1 --", "__proto__", -1, 1e308, null, [], {}),
);

/** Values as a schema wants them, and now and then something else in their place. */
export function arbitraryOf(schema: Schema, components: Record<string, Schema>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: fit(schema, components) }, { weight: 1, arbitrary: JUNK });
}

function fit(schema: Schema, components: Record<string, Schema>): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    return fit(components[schema.$ref.replace("#/components/schemas/", "")] ?? {}, components);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((option) => fit(option, components)));
  switch (schema.type) {
    case "string":
      return text(schema);
    case "integer":
      return fc.integer({
        min: schema.minimum ?? -1_000,
        max: Math.min(schema.maximum ?? 1_000, 2 ** 31 - 1),
      });
    case "number":
      return fc.double({
        min: schema.minimum ?? schema.exclusiveMinimum ?? -10,
        max: schema.maximum ?? 10,
        noNaN: true,
      });
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(arbitraryOf(schema.items ?? {}, components), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case "object": {
      const { properties = {}, required = [] } = schema;
      const parts = Object.entries(properties).map(
        ([name, part]) => [name, arbitraryOf(part, components)] as const,
      );
      return fc.record(Object.fromEntries(parts), { requiredKeys: required });
    }
    default:
      return JUNK;
  }
}

function text(schema: Schema): fc.Arbitrary<string> {
  if (schema.format === "date-time") {
    const [min, max] = [new Date("2000-01-01"), new Date("2100-01-01")];
    return fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString());
  }
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
  return fc.string({
    minLength: schema.minLength ?? 0,
    maxLength: Math.min(schema.maxLength ?? 40, 40),
    unit: "binary",
  });
}
