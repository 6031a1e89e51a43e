import type { CodeIndexOptions } from "@aicd/code-index";
import type { CodeIndex, IndexReport, IndexScope } from "@aicd/core";
import type { Logger } from "@aicd/ops";
import { beginChild, type IndexChild } from "./child.ts";
import type { Mirror } from "./fetch-mirror.ts";

/** The index as the control plane has it: the code comes from a mirror on this disk. */
export type MirrorIndex = Omit<CodeIndex, "update"> & {
  update(scope: IndexScope, mirror: Mirror, options: { signal: AbortSignal }): Promise<IndexReport>;
};

/**
 * The code index in a process of its own, begun with the first call and again after it died: whatever a
 * repository contains can cost that process its life, and no more. Calls rejected by its end are retryable.
 */
export function createIndexProcess(options: {
  engine: CodeIndexOptions;
  path: string;
  log: Logger;
}): MirrorIndex {
  let child: IndexChild | undefined;

  function begin(): IndexChild {
    const begun = beginChild({
      ...options,
      gone: () => {
        if (child === begun) child = undefined;
      },
    });
    child = begun;
    return begun;
  }

  const call: IndexChild["call"] = (...args) => (child ?? begin()).call(...args);

  return {
    update: (scope, mirror, { signal }) => call("update", { scope, mirror }, signal),
    search: (scope, query, { limit, signal }) => call("search", { scope, query, limit }, signal),
    dropRepository: (scope) => call("dropRepository", { scope }),
    dropTenant: (tenantId) => call("dropTenant", { tenantId }),
    count: (tenantId) => call("count", { tenantId }),
    async close() {
      await child?.end();
    },
  };
}
