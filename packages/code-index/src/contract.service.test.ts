import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createCodeIndex } from "./create.ts";
import { describeCodeIndex } from "./testing/contract.ts";
import { contractFile } from "./testing/env.ts";
import { startQdrantEdge } from "./testing/qdrant-edge.ts";
import { findQdrant } from "./testing/qdrant-engine.ts";
import { createSchemaCheck } from "./testing/qdrant-schema.ts";

describeCodeIndex("the embedded index", async () => {
  const directory = await mkdtemp(join(tmpdir(), "aicd-index-"));
  return {
    open: () => createCodeIndex({ kind: "embedded", directory }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
});

const document = contractFile("qdrant-openapi.json");
const check = document === undefined ? undefined : createSchemaCheck(document);

describeCodeIndex("the index in Qdrant, at an edge of our own", async () => {
  const edge = await startQdrantEdge(check);
  return {
    open: () => createCodeIndex({ kind: "qdrant", url: edge.url }),
    async remove() {
      await edge.close();
      expect(edge.problems).toEqual([]);
    },
  };
});

describe("requests to Qdrant", () => {
  it.skipIf(check === undefined)("are checked by its own OpenAPI document, which would refuse others", () => {
    const problem = (path: string, body: unknown) => check?.("POST", new URL(`http://x${path}`), body);

    expect(problem("/collections/c/points/count", { exact: true })).toBeUndefined();
    expect(problem("/collections/c/points/count", { exakt: true })).toContain("additional properties");
    expect(problem("/collections/c/points/scroll", { limit: "many" })).toBeDefined();
    expect(problem("/collections/c/points/scan", {})).toContain("not in the API");
  });
});
if (check === undefined)
  process.stderr.write("skipped: qdrant-openapi.json is not here, requests are not checked by it\n");

const engine = await findQdrant();
if ("reason" in engine)
  process.stderr.write(`skipped: the contract on a real Qdrant, because ${engine.reason}\n`);
else {
  afterAll(() => engine.stop());
  describeCodeIndex("the index in a real Qdrant", async () => {
    const collection = `aicd-test-${randomBytes(6).toString("hex")}`;
    const { url, apiKey } = engine;
    return {
      open: () =>
        createCodeIndex({ kind: "qdrant", url, collection, ...(apiKey === undefined ? {} : { apiKey }) }),
      remove: async () => void (await fetch(`${url}/collections/${collection}`, { method: "DELETE" })),
    };
  });
}
