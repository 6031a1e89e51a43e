import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openApiDocument } from "../http/document/openapi.ts";
import { ROUTES } from "./routes.ts";

test("the SDK is generated from the document the routes give now: else run `npm run sdk`", async () => {
  const kept = await readFile(new URL("../../../packages/sdk/openapi.json", import.meta.url), "utf8");

  expect(JSON.parse(kept)).toEqual(openApiDocument(ROUTES, "http://127.0.0.1:3000"));
});
