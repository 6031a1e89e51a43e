import { key, note, type Schema, typeOf } from "./types.ts";

type Parameter = { name: string; in: string; required?: boolean; description?: string; schema: Schema };
type Media = Record<string, { schema: Schema & { "x-item"?: Schema } }>;
type Operation = {
  operationId: string;
  summary: string;
  parameters: Parameter[];
  requestBody?: { required?: boolean; content: Media };
  responses: Record<string, { content?: Media }>;
};
export type OpenApi = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

const HEAD = `// Generated from openapi.json by \`npm run sdk\`. Changes belong into the routes of the control plane.
`;

/** The SDK's types and table of operations, as one TypeScript file. The same document gives the same file. */
export function generate(document: OpenApi): string {
  const types = Object.entries(document.components.schemas).map(
    ([name, schema]) => `${note(schema)}export type ${name} = ${typeOf(schema)};\n`,
  );
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const shapes = operations.map(({ operation }) => shapeOf(operation));
  const rows = operations.map(({ path, method, operation }) => {
    const media = Object.keys(successOf(operation)?.content ?? {})[0] ?? null;
    const query = named(operation, "query").map(({ name }) => name);
    const row = { method, path, query, media };
    return `  ${key(operation.operationId)}: ${JSON.stringify(row)},\n`;
  });
  return [
    HEAD,
    ...types,
    "/** What each operation takes and gives. */",
    `export type Operations = {\n${shapes.join("")}};\n`,
    `export const OPERATIONS = {\n${rows.join("")}} as const;\n`,
  ].join("\n");
}

function shapeOf(operation: Operation): string {
  const { operationId, summary, requestBody } = operation;
  const parameters = [...named(operation, "path"), ...named(operation, "query")];
  const input = parameters.map(
    (parameter) =>
      `${note(parameter, "      ")}      ${key(parameter.name)}${parameter.required === true ? "" : "?"}: ${typeOf(parameter.schema, "      ")};\n`,
  );
  const body = requestBody?.content["application/json"]?.schema;
  if (body !== undefined) {
    input.push(`      body${requestBody?.required === true ? "" : "?"}: ${typeOf(body, "      ")};\n`);
  }
  const media = Object.values(successOf(operation)?.content ?? {})[0]?.schema;
  const output = media === undefined ? "undefined" : typeOf(media["x-item"] ?? media, "    ");
  const taken = input.length === 0 ? "Record<never, never>" : `{\n${input.join("")}    }`;
  return `${note({ description: summary }, "  ")}  ${operationId}: {\n    input: ${taken};\n    output: ${output};\n  };\n`;
}

function named(operation: Operation, place: string): Parameter[] {
  return operation.parameters.filter((parameter) => parameter.in === place);
}

/** Every status of success has the same body. */
function successOf(operation: Operation): { content?: Media } | undefined {
  const status = Object.keys(operation.responses).find((code) => code.startsWith("2"));
  return status === undefined ? undefined : operation.responses[status];
}
