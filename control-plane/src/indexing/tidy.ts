import { isIndexed } from "@aicd/db";
import type { Deps } from "../deps.ts";

/**
 * Removes from this worker's disk what no row speaks of any more: its repository left or its tenant was
 * erased while another worker had the job. And mirrors nobody pushed to for long; they can be fetched again.
 */
export async function tidyIndexes(deps: Deps): Promise<void> {
  const { mirrors, writer } = deps.codeIndex;
  for (const scope of await mirrors.list()) {
    if (await isIndexed(deps.db.system, scope)) {
      await mirrors.dropIdle(scope);
      continue;
    }
    await writer.dropRepository(scope);
    await mirrors.drop(scope);
    deps.log.info(scope, "index of a repository that left was removed");
  }
}
