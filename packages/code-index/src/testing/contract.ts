import type { CodeIndex, CodeSource, RepositoryId, TenantId } from "@aicd/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestRepository, type TestRepository } from "./repository.ts";

/** A store to test: `open` gives further doors to the same place, as other processes have them. */
export type IndexStore = { open(): CodeIndex; remove(): Promise<void> };

const idAt = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, "0")}`;
const TENANT = idAt("ten", 1) as TenantId;
const OTHER = idAt("ten", 2) as TenantId;
const REPOSITORY = idAt("rep", 1) as RepositoryId;
const MINE = { tenantId: TENANT, repositoryId: REPOSITORY };
const THEIRS = { tenantId: OTHER, repositoryId: REPOSITORY };
const NOTHING = { repositories: 0, files: 0, passages: 0, vectors: 0, commits: 0, bytes: 0 };
const QUOKKA = "export function feedQuokka(leaves: number) {\n  return leaves * 2;\n}\n";
const WOMBAT = "export function digBurrow(depth: number) {\n  return depth + 1;\n}\n";

/** What every `CodeIndex` promises, proved through its own doors on real git repositories. */
export function describeCodeIndex(name: string, createStore: () => Promise<IndexStore>): void {
  describe(name, () => {
    let store: IndexStore;
    let index: CodeIndex;
    let repository: TestRepository;
    beforeEach(async () => {
      [store, repository] = await Promise.all([createStore(), createTestRepository()]);
      index = store.open();
    });
    afterEach(async () => {
      await index.close();
      await Promise.all([store.remove(), repository.remove()]);
    });

    const paths = async (query: string, scope = MINE) =>
      (await index.search(scope, query, { limit: 10 }))?.hits.map(({ path }) => path);

    it("knows nothing of a repository that was never indexed", async () => {
      expect(await index.search(MINE, "quokka", { limit: 5 })).toBeUndefined();
      expect(await index.count(TENANT)).toEqual(NOTHING);
    });

    it("finds a definition by the words people use for it, and says where and why", async () => {
      const commit = await repository.commit({ "src/zoo.ts": QUOKKA, "src/ground.ts": WOMBAT });

      const report = await index.update(MINE, repository.source(commit));
      const found = await index.search(MINE, "Feeding a quokka gives twice the leaves", { limit: 5 });

      expect(report).toMatchObject({ commit, files: 2, passages: 2, commits: 1 });
      expect(found?.commit).toBe(commit);
      expect(found?.hits[0]).toMatchObject({ path: "src/zoo.ts", symbol: "feedQuokka", from: 1 });
      expect(found?.hits[0]?.reason).toContain("quokka");
      expect(await index.search(MINE, "the of and 一", { limit: 5 })).toEqual({ commit, hits: [] });
    });

    it("puts first what the question names, also by the end of a foreign path", async () => {
      const commit = await repository.commit({ "src/zoo.ts": QUOKKA, "src/ground.ts": WOMBAT });
      await index.update(MINE, repository.source(commit));

      const [first] =
        (await index.search(MINE, "at /home/ci/x/src/ground.ts:1 quokka", { limit: 1 }))?.hits ?? [];

      expect(first).toMatchObject({ path: "src/ground.ts" });
      expect(first?.reason).toContain("named in the question");
    });

    it("learns from past changes which files are meant", async () => {
      await repository.commit(
        { "src/a.ts": "export const a = 1;\n", "src/b.ts": "export const b = 2;\n" },
        "begin",
      );
      const message = "Fix the timetable of the night train";
      const commit = await repository.commit({ "src/b.ts": "export const b = 3;\n" }, message);
      await index.update(MINE, repository.source(commit));

      const found = await index.search(MINE, "the night train has a wrong timetable", { limit: 5 });

      expect(found?.hits[0]).toMatchObject({ path: "src/b.ts" });
      expect(found?.hits[0]?.reason).toContain(commit.slice(0, 7));
    });

    it("reads only what changed, and forgets what is gone", async () => {
      const first = await repository.commit({ "src/zoo.ts": QUOKKA, "src/ground.ts": WOMBAT });
      await index.update(MINE, repository.source(first));
      const changed = { "src/zoo.ts": null, "src/sea.ts": "export function swimOtter() {\n  return 3;\n}\n" };
      const second = await repository.commit(changed, "otters");
      const read: string[] = [];

      const report = await index.update(MINE, watched(repository.source(second), read));

      expect(read).toHaveLength(1);
      expect(report).toMatchObject({ commit: second, files: 2, commits: 2 });
      expect(await paths("otter quokka burrow")).toEqual(
        expect.arrayContaining(["src/sea.ts", "src/ground.ts"]),
      );
      expect(await paths("otter quokka burrow")).not.toContain("src/zoo.ts");
    });

    it("answers after updates as if it had been indexed at once", async () => {
      const anew = { tenantId: TENANT, repositoryId: idAt("rep", 2) as RepositoryId };
      const question = "the quokka of the burrow has no leaves in `digBurrow`";
      for (const files of [
        { "src/zoo.ts": QUOKKA, "src/ground.ts": "export function old() {}\n" },
        { "src/ground.ts": WOMBAT, "docs/zoo.md": "# Leaves for the quokka\n" },
        { "src/keeper.ts": `import { feedQuokka } from "./zoo.ts";\n${WOMBAT.replace("dig", "fill")}` },
      ]) {
        const commit = await repository.commit(files, `Write ${Object.keys(files).join(" and ")}`);
        await index.update(MINE, repository.source(commit));
      }
      await index.update(anew, repository.source(await repository.git("rev-parse", "HEAD")));

      const [grown, fresh] = await Promise.all(
        [MINE, anew].map((scope) => index.search(scope, question, { limit: 10 })),
      );

      expect(grown?.hits).toHaveLength(4);
      expect(grown?.hits.map(({ path, symbol, reason }) => ({ path, symbol, reason }))).toEqual(
        fresh?.hits.map(({ path, symbol, reason }) => ({ path, symbol, reason })),
      );
    });

    it("takes back what a rewritten history no longer has", async () => {
      const base = await repository.commit({ "src/zoo.ts": QUOKKA, "src/ground.ts": WOMBAT }, "begin");
      const lost = await repository.commit({ "src/ground.ts": `${WOMBAT}\n// x\n` }, "Mend the periscope");
      await index.update(MINE, repository.source(lost));
      await repository.git("reset", "--quiet", "--hard", base);
      const commit = await repository.commit({ "src/zoo.ts": `${QUOKKA}\n// y\n` }, "Polish the zoo");

      const report = await index.update(MINE, repository.source(commit));

      expect(report.commits).toBe(2);
      expect(await paths("periscope")).toEqual([]);
    });

    it("answers from the former commit until the new one is whole, to every door", async () => {
      const first = await repository.commit({ "src/zoo.ts": QUOKKA });
      await index.update(MINE, repository.source(first));
      const second = await repository.commit({ "src/ground.ts": WOMBAT });
      const reader = store.open();
      const held = gate(repository.source(second));

      const updating = index.update(MINE, held.source);
      await held.reached;
      const during = await Promise.all(
        [index, reader].map((door) => door.search(MINE, "burrow", { limit: 5 })),
      );
      held.release();
      await updating;
      const after = await Promise.all(
        [index, reader].map((door) => door.search(MINE, "burrow", { limit: 5 })),
      );

      for (const answer of during) expect(answer).toEqual({ commit: first, hits: [] });
      for (const answer of after) {
        expect(answer).toMatchObject({ commit: second, hits: [{ path: "src/ground.ts" }] });
      }
      await reader.close();
    });

    it.each([0, 1])("never mixes two updates that come at once (%i first)", async (order) => {
      const commits = [
        await repository.commit({ "src/zoo.ts": QUOKKA }),
        await repository.commit({ "src/zoo.ts": null, "src/ground.ts": WOMBAT }),
      ];
      if (order === 1) commits.reverse();
      const searches: Promise<unknown>[] = [];

      const updates = commits.map((commit) => index.update(MINE, repository.source(commit)));
      for (let n = 0; n < 20; n++) searches.push(index.search(MINE, "quokka burrow", { limit: 5 }));
      await Promise.all([...updates, ...searches]);

      const wanted = order === 0 ? "src/ground.ts" : "src/zoo.ts";
      expect(await index.search(MINE, "quokka burrow", { limit: 5 })).toMatchObject({ commit: commits[1] });
      expect(await paths("quokka burrow")).toEqual([wanted]);
    });

    it("ends an update whose signal aborts, and leaves the former state", async () => {
      const first = await repository.commit({ "src/zoo.ts": QUOKKA });
      await index.update(MINE, repository.source(first));
      const second = await repository.commit({ "src/ground.ts": WOMBAT });
      const stop = new AbortController();
      const held = gate(repository.source(second));

      const updating = index.update(MINE, held.source, { signal: stop.signal });
      await held.reached;
      stop.abort(new Error("enough"));
      held.release();

      await expect(updating).rejects.toThrow("enough");
      expect(await index.search(MINE, "quokka", { limit: 5 })).toMatchObject({ commit: first });
    });

    it("keeps tenants apart, also under the same repository id", async () => {
      const commit = await repository.commit({ "src/zoo.ts": QUOKKA });
      await index.update(MINE, repository.source(commit));
      expect(await index.search(THEIRS, "quokka", { limit: 5 })).toBeUndefined();
      expect(await index.count(OTHER)).toEqual(NOTHING);

      const theirs = await repository.commit({ "src/zoo.ts": null, "src/ground.ts": WOMBAT });
      await index.update(THEIRS, repository.source(theirs));
      expect(await paths("quokka burrow", THEIRS)).toEqual(["src/ground.ts"]);
      expect(await paths("quokka burrow", MINE)).toEqual(["src/zoo.ts"]);
      const before = await index.count(TENANT);

      await index.dropRepository(THEIRS);
      await index.dropTenant(OTHER);

      expect(await index.count(TENANT)).toEqual(before);
      expect(await paths("quokka", MINE)).toEqual(["src/zoo.ts"]);
    });

    it("answers as if no other tenant were there, to the last digit of its scores", async () => {
      const commit = await repository.commit({ "src/zoo.ts": QUOKKA, "src/ground.ts": WOMBAT });
      await index.update(MINE, repository.source(commit));
      const question = "Feeding leaves to a quokka, and the depth of a burrow";
      const alone = await index.search(MINE, question, { limit: 10 });
      // Words that are rare here are common there.
      const flood = Object.fromEntries(
        Array.from({ length: 30 }, (_, n) => [
          `src/${n}.ts`,
          `export const quokka${n} = { leaves: ${n} };\n`,
        ]),
      );
      await index.update(THEIRS, repository.source(await repository.commit(flood)));

      expect(await index.search(MINE, question, { limit: 10 })).toEqual(alone);
      expect(alone?.hits).toHaveLength(2);
    });

    it("erases a repository and a tenant without a rest", async () => {
      const commit = await repository.commit({ "src/zoo.ts": QUOKKA });
      const second = { tenantId: TENANT, repositoryId: idAt("rep", 2) as RepositoryId };
      await index.update(MINE, repository.source(commit));
      await index.update(second, repository.source(commit));
      const count = await index.count(TENANT);
      expect(count).toMatchObject({ repositories: 2, files: 2, passages: 2, commits: 2 });
      expect(count.vectors).toBeGreaterThanOrEqual(2);

      await index.dropRepository(MINE);
      expect(await index.search(MINE, "quokka", { limit: 5 })).toBeUndefined();
      expect(await index.count(TENANT)).toMatchObject({ repositories: 1, files: 1 });

      await index.dropTenant(TENANT);
      await index.dropTenant(TENANT);
      expect(await index.count(TENANT)).toEqual(NOTHING);
      expect(await index.search(second, "quokka", { limit: 5 })).toBeUndefined();
    });

    it("ends the update of a tenant that is erased meanwhile", async () => {
      const commit = await repository.commit({ "src/zoo.ts": QUOKKA });
      const held = gate(repository.source(commit));

      const updating = index.update(MINE, held.source);
      const failed = expect(updating).rejects.toThrow("dropped");
      await held.reached;
      const dropping = index.dropTenant(TENANT);
      held.release();
      await Promise.all([failed, dropping]);

      expect(await index.count(TENANT)).toEqual(NOTHING);
    });

    it.each(["../..", "ten_../../../etc", "", "rep_", `${REPOSITORY}/..`, "*"])(
      "refuses the id %j",
      async (id) => {
        const wrong = [
          { tenantId: id as TenantId, repositoryId: REPOSITORY },
          { tenantId: TENANT, repositoryId: id as RepositoryId },
        ];
        for (const scope of wrong) {
          await expect(index.search(scope, "x", { limit: 1 })).rejects.toMatchObject({ kind: "invalid" });
          await expect(index.dropRepository(scope)).rejects.toMatchObject({ kind: "invalid" });
          await expect(index.update(scope, repository.source("0".repeat(40)))).rejects.toMatchObject({
            kind: "invalid",
          });
        }
        await expect(index.dropTenant(id as TenantId)).rejects.toMatchObject({ kind: "invalid" });
        await expect(index.count(id as TenantId)).rejects.toMatchObject({ kind: "invalid" });
      },
    );
  });
}

/** Notes the contents that are asked for. */
function watched(source: CodeSource, read: string[]): CodeSource {
  return {
    commit: source.commit,
    files: () => source.files(),
    history: (options) => source.history(options),
    blobs(shas) {
      read.push(...shas);
      return source.blobs(shas);
    },
  };
}

/** Holds an update in its middle until released. */
function gate(source: CodeSource) {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    release: () => released.resolve(),
    source: {
      commit: source.commit,
      files: () => source.files(),
      blobs: (shas) => source.blobs(shas),
      async history(options) {
        reached.resolve();
        await released.promise;
        return source.history(options);
      },
    } satisfies CodeSource,
  };
}
