import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { generate } from "./generate.ts";
import { typeOf } from "./types.ts";

const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8");

test("the generated file is what the document says: else run `npm run sdk`", async () => {
  const generated = generate(JSON.parse(await read("../../openapi.json")));
  const squeezed = (text: string) => text.replaceAll(/[\s;,|"]+/g, "");

  expect(squeezed(await read("../generated.ts"))).toBe(squeezed(generated));
});

test.each([
  [{ type: "string" }, "string"],
  [{ type: ["string", "null"] }, "string | null"],
  [{ anyOf: [{ $ref: "#/components/schemas/Task" }, { type: "null" }] }, "Task | null"],
  [{ type: "array", items: { enum: ["a", "b"] } }, '("a" | "b")[]'],
  [{ type: "object", additionalProperties: {} }, "Record<string, unknown>"],
  [
    {
      type: "object",
      properties: { a: { type: "integer" }, "b-c": {} },
      required: ["a"],
      additionalProperties: false,
    },
    '{\n  a: number;\n  "b-c"?: unknown;\n}',
  ],
])("%j is %s", (schema, type) => {
  expect(typeOf(schema)).toBe(type);
});

test("what it has no type for is an error", () => {
  expect(() => typeOf({ type: "date" })).toThrow("no type");
});
