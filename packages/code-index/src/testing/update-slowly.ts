import { watch } from "node:fs";
import { join } from "node:path";
import type { CodeSource, RepositoryId, TenantId } from "@aicd/core";
import { createCodeIndex } from "../create.ts";
import { createGitSource } from "../source/git-source.ts";
import { PATH } from "./env.ts";

type Order = { directory: string; gitDir: string; commit: string; moment: string };

/** A process to be killed in the middle of an update: it tells when it is there, and never finishes. */
process.once("message", (order: Order) => {
  void update(order);
});

async function update({ directory, gitDir, commit, moment }: Order): Promise<void> {
  const scope = {
    tenantId: `ten_${"0".repeat(25)}1` as TenantId,
    repositoryId: `rep_${"0".repeat(25)}1` as RepositoryId,
  };
  const source = createGitSource({ gitDir, commit, path: PATH });
  const index = createCodeIndex({ kind: "embedded", directory });
  if (moment === "writing") {
    // The file under its other name is there as soon as it is opened; nothing runs after this line.
    watch(join(directory, scope.tenantId, scope.repositoryId), (_, name) => {
      if (name?.endsWith(".part") === true) stay();
    });
    await index.update(scope, source);
    return;
  }
  const stopped: CodeSource = {
    ...source,
    async blobs(shas) {
      await source.blobs(shas);
      return stay();
    },
  };
  await index.update(scope, stopped);
}

function stay(): never {
  process.send?.("there");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
}
