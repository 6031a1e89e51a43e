import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RepositoryId, TenantId } from "@aicd/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createCodeIndex } from "../create.ts";
import { createTestRepository, type TestRepository } from "../testing/repository.ts";

const scope = {
  tenantId: `ten_${"0".repeat(25)}1` as TenantId,
  repositoryId: `rep_${"0".repeat(25)}1` as RepositoryId,
};
let directory: string;
let repository: TestRepository;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "aicd-index-"));
  repository = await createTestRepository();
});
afterEach(async () => {
  await repository.remove();
  await rm(directory, { recursive: true, force: true });
});

it.each(["reading", "writing"])(
  "a process killed while %s leaves the former state, and the next update mends it",
  async (moment) => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`f${n}.ts`, `export const f${n} = ${n};\n`]),
    );
    const first = await repository.commit({ "zoo.ts": "export function feedQuokka() {}\n" });
    const index = createCodeIndex({ kind: "embedded", directory });
    await index.update(scope, repository.source(first));
    const second = await repository.commit({ ...many, "ground.ts": "export function digWombat() {}\n" });
    const child = fork(join(import.meta.dirname, "../testing/update-slowly.ts"), [], { stdio: "inherit" });
    child.send({ directory, gitDir: repository.gitDir, commit: second, moment });
    await once(child, "message");
    child.kill("SIGKILL");
    await once(child, "exit");
    const place = join(directory, scope.tenantId, scope.repositoryId);
    expect(await readdir(place)).toHaveLength(moment === "writing" ? 2 : 1);

    expect(await index.search(scope, "quokka wombat", { limit: 5 })).toMatchObject({
      commit: first,
      hits: [{ path: "zoo.ts" }],
    });
    await index.update(scope, repository.source(second));

    const found = await index.search(scope, "quokka wombat", { limit: 5 });
    expect(found?.commit).toBe(second);
    expect(found?.hits.map(({ path }) => path).sort()).toEqual(["ground.ts", "zoo.ts"]);
    expect(await readdir(place)).toEqual(["index"]);
    await index.close();
  },
);
