import { expect, test } from "vitest";
import { slim } from "./slim.ts";

test("prose and examples go, and properties with such names stay", () => {
  const document = {
    description: "prose",
    properties: {
      description: { type: "string", description: "prose", example: "x" },
      properties: { type: "object", properties: { summary: { type: "string", summary: "prose" } } },
    },
    anyOf: [{ examples: ["x"], type: "null" }],
  };

  expect(slim(document)).toEqual({
    properties: {
      description: { type: "string" },
      properties: { type: "object", properties: { summary: { type: "string" } } },
    },
    anyOf: [{ type: "null" }],
  });
});
