import { expect, it } from "vitest";
import { createKeyedLimit } from "../keyed-limit.ts";
import { SEARCHES, searchCode } from "./search.ts";
import { createRunnerWorld } from "./testing/runner.ts";

const world = await createRunnerWorld();
const { deps, tenantId, repositoryId } = world;
const QUESTION = { query: "where are sums rounded", limit: 5 };

const owed = async () => (await world.owed()).filter(({ job }) => job === "index-repository");

it("a repository without an index says so: the runner looks for itself", async () => {
  const { says } = await world.runnerOf(await world.task("CODING"));

  expect(await says("search", QUESTION)).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining("not indexed") },
  });
  expect(await owed()).toEqual([]);
});

it("an index that says ready but whose files are gone is owed anew", async () => {
  await world.pool.query(
    `INSERT INTO code_indexes (tenant_id, repository_id, state, indexed_at) VALUES ($1, $2, 'ready', now())
     ON CONFLICT DO NOTHING`,
    [tenantId, repositoryId],
  );
  const { says } = await world.runnerOf(await world.task("CODING"));

  expect((await says("search", QUESTION)).status).toBe(404);

  expect(await owed()).toHaveLength(1);
});

it("one organisation searches so often at once and no more, and others are not kept waiting", async () => {
  const { attemptId } = await world.runnerOf(await world.task("CODING"));
  const searches = createKeyedLimit(SEARCHES);
  for (let index = 0; index < SEARCHES; index++) searches.tryEnter(tenantId);
  const runner = { scope: { tenantId }, attemptId };

  const search = searchCode({ ...deps, searches }, runner, { epoch: 1, ...QUESTION });

  await expect(search).rejects.toMatchObject({ kind: "limited" });
  expect(searches.tryEnter(deps.mint("tenant"))).toBeDefined();
});

it("a search that fails leaves its place to the next", async () => {
  const { attemptId } = await world.runnerOf(await world.task("CODING"));
  const searches = createKeyedLimit(1);
  const runner = { scope: { tenantId }, attemptId };
  const stale = () => searchCode({ ...deps, searches }, runner, { epoch: 7, ...QUESTION });

  await expect(stale()).rejects.toMatchObject({ kind: "conflict" });
  await expect(stale()).rejects.toMatchObject({ kind: "conflict" });
});
