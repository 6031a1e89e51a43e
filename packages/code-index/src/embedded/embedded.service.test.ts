import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CodeIndex, RepositoryId, TenantId } from "@aicd/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestRepository, type TestRepository } from "../testing/repository.ts";
import { createEmbeddedIndex } from "./embedded.ts";

const scope = {
  tenantId: `ten_${"0".repeat(25)}1` as TenantId,
  repositoryId: `rep_${"0".repeat(25)}1` as RepositoryId,
};
let directory: string;
let repository: TestRepository;
let index: CodeIndex;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "aicd-index-"));
  repository = await createTestRepository();
  index = createEmbeddedIndex({ directory });
});
afterEach(async () => {
  await index.close();
  await repository.remove();
  await rm(directory, { recursive: true, force: true });
});

describe("the embedded index", () => {
  it("counts a file it cannot understand as none and builds it anew", async () => {
    const commit = await repository.commit({ "a.ts": "export function quokka() {}\n" });
    await index.update(scope, repository.source(commit));
    const file = join(directory, scope.tenantId, scope.repositoryId, "index");
    const whole = await readFile(file);

    for (const damaged of [whole.subarray(0, 100), Buffer.from("x"), Buffer.from(whole).fill(7, 60, 90)]) {
      await writeFile(file, damaged);
      expect(await index.search(scope, "quokka", { limit: 3 })).toBeUndefined();
      await index.update(scope, repository.source(commit));
      expect((await index.search(scope, "quokka", { limit: 3 }))?.hits).toMatchObject([{ path: "a.ts" }]);
    }
  });

  it("is seen by another process that opened the same directory", async () => {
    const reader = createEmbeddedIndex({ directory });
    const first = await repository.commit({ "a.ts": "export function quokka() {}\n" });
    await index.update(scope, repository.source(first));
    expect((await reader.search(scope, "quokka", { limit: 3 }))?.commit).toBe(first);

    const second = await repository.commit({ "b.ts": "export function wombat() {}\n" });
    await index.update(scope, repository.source(second));

    const answer = await reader.search(scope, "wombat", { limit: 3 });
    expect(answer).toMatchObject({ commit: second, hits: [{ path: "b.ts", symbol: "wombat" }] });
    await index.dropTenant(scope.tenantId);
    expect(await reader.search(scope, "wombat", { limit: 3 })).toBeUndefined();
    expect(await readdir(directory)).toEqual([]);
    await reader.close();
  });
});
