import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { PUBLISHED, SOURCE } from "./published.ts";
import { USED } from "./used.ts";

type Json = { [key: string]: unknown };

/** Schemas that no operation answers with, but events and other objects hold. */
const HELD = ["invoice_payment", "dispute", "payment_intent", "deleted_customer"];
const PROSE = new Set(["description", "summary", "title", "operationId", "encoding", "style", "explode"]);

/**
 * `node src/contract/reduce.ts DESCRIPTION.json` makes `published/stripe.json.br` anew: of Stripe's published OpenAPI
 * description the operations of `used.ts`, with the schemas they lead to.
 */
function reduce(document: Json): Json {
  const paths = document.paths as Record<string, Record<string, Json>>;
  const all = (document.components as { schemas: Record<string, Json> }).schemas;
  const kept: Record<string, unknown> = {};
  const schemas: Record<string, unknown> = {};
  const keep = (name: string): void => {
    if (name in schemas) return;
    schemas[name] = undefined;
    schemas[name] = visit(all[name], keep);
  };
  for (const used of USED) {
    const [method = "", path = ""] = used.split(" ");
    const operation = paths[path]?.[method];
    if (operation === undefined) throw new Error(`the description has no ${used}`);
    kept[used] = visit(shapeOf(operation), keep);
  }
  for (const name of HELD) keep(name);
  return { source: SOURCE, version: (document.info as Json).version, operations: kept, schemas };
}

/** What goes in and what comes out, without the envelope. */
function shapeOf(operation: Json): Json {
  const body = operation.requestBody as { content: Record<string, { schema: Json }> } | undefined;
  const parameters = (operation.parameters ?? []) as {
    in: string;
    name: string;
    required?: boolean;
    schema: Json;
  }[];
  const query = parameters.filter((each) => each.in === "query");
  const responses = operation.responses as Record<string, { content: Record<string, { schema: Json }> }>;
  return {
    body: body?.content["application/x-www-form-urlencoded"]?.schema,
    query: {
      type: "object",
      additionalProperties: false,
      properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])),
      required: query.filter(({ required }) => required).map(({ name }) => name),
    },
    answer: responses["200"]?.content["application/json"]?.schema,
  };
}

function visit(node: unknown, keep: (name: string) => void, isNames = false): unknown {
  if (Array.isArray(node)) return node.map((item) => visit(item, keep));
  if (typeof node !== "object" || node === null) return node;
  const { $ref } = node as { $ref?: string };
  if (typeof $ref === "string") {
    const name = $ref.split("/").at(-1) ?? "";
    keep(name);
    return { $ref: name };
  }
  const entries = Object.entries(node).filter(
    ([key]) => isNames || !(PROSE.has(key) || key.startsWith("x-")),
  );
  return Object.fromEntries(
    entries.map(([key, value]) => [key, visit(value, keep, !isNames && key === "properties")]),
  );
}

const [path = ""] = process.argv.slice(2);
const text = JSON.stringify(reduce(JSON.parse(readFileSync(path, "utf8"))));
writeFileSync(PUBLISHED, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
process.stdout.write(`${text.length} characters in ${readFileSync(PUBLISHED).byteLength} bytes\n`);
