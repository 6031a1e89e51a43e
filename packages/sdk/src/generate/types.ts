/** The part of JSON Schema that our document uses. Anything else is an error, not a guess. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  description?: string;
};

/** TypeScript for a schema. @throws Error for what it cannot say */
export function typeOf(schema: Schema, indent = ""): string {
  if (schema.$ref !== undefined) return schema.$ref.replace("#/components/schemas/", "");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return union(either.map((option) => typeOf(option, indent)));
  if (schema.allOf !== undefined) return schema.allOf.map((part) => typeOf(part, indent)).join(" & ");
  if (Array.isArray(schema.type)) {
    return union(schema.type.map((type) => typeOf({ ...schema, type }, indent)));
  }
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array":
      return `${wrapped(typeOf(schema.items ?? {}, indent))}[]`;
    case "object":
      return objectOf(schema, indent);
    case undefined:
      return "unknown";
    default:
      throw new Error(`the generator has no type for ${JSON.stringify(schema)}`);
  }
}

function objectOf(schema: Schema, indent: string): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, property]) => {
    const mark = required.includes(name) ? "" : "?";
    return `${note(property, inner)}${inner}${key(name)}${mark}: ${typeOf(property, inner)};\n`;
  });
  const rest = typeof additionalProperties === "object" ? typeOf(additionalProperties, inner) : "unknown";
  const open = additionalProperties !== false && additionalProperties !== undefined;
  if (lines.length === 0) return open ? `Record<string, ${rest}>` : "Record<string, never>";
  const closed = `{\n${lines.join("")}${indent}}`;
  return open ? `${closed} & Record<string, ${rest}>` : closed;
}

/** A description as a comment over what it describes. */
export function note(schema: { description?: string }, indent = ""): string {
  return schema.description === undefined
    ? ""
    : `${indent}/** ${schema.description.replaceAll("*/", "* /")} */\n`;
}

export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function union(options: string[]): string {
  return [...new Set(options)].join(" | ");
}

function wrapped(type: string): string {
  return /[|&]/.test(type) && !type.startsWith("{") ? `(${type})` : type;
}
