import { mkdir, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { IndexScope } from "@aicd/core";
import { expect, it } from "vitest";
import { createApiWorld } from "../api/testing/world.ts";
import { tidyIndexes } from "./tidy.ts";

const world = await createApiWorld();
const { deps, ours, theirs } = world;
const DAY_MS = 24 * 60 * 60_000;

/** A mirror as a worker leaves it; nothing was fetched into it for so many days. */
async function mirrored({ tenantId, repositoryId }: IndexScope, days: number): Promise<void> {
  const home = join(dirname(deps.exportDirectory), "mirrors", tenantId, repositoryId);
  await mkdir(join(home, "tip.git"), { recursive: true });
  const date = new Date(Date.now() - days * DAY_MS);
  await utimes(home, date, date);
}

it("a worker removes from its disk what no row speaks of, and mirrors that nobody pushed to for a week", async () => {
  const used = { tenantId: ours.tenantId, repositoryId: ours.repositoryId };
  const idle = { tenantId: theirs.tenantId, repositoryId: theirs.repositoryId };
  const erased = { tenantId: deps.mint("tenant"), repositoryId: deps.mint("repository") };
  for (const { tenantId, repositoryId } of [used, idle]) {
    await world.database.pool.query(
      "INSERT INTO code_indexes (tenant_id, repository_id, state) VALUES ($1, $2, 'ready')",
      [tenantId, repositoryId],
    );
  }
  await mirrored(used, 1);
  await mirrored(idle, 8);
  await mirrored(erased, 0);

  await tidyIndexes(deps);

  expect(await deps.codeIndex.mirrors.list()).toEqual([used]);
});
