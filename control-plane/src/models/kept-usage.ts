import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseId, type TenantId, type UsageId } from "@aicd/core";
import type { Used } from "@aicd/db";
import type { Logger } from "@aicd/ops";

/** What a call came to, while it cannot be written down where it belongs. */
type KeptUsage = { tenantId: TenantId; id: UsageId; used: Used | "nothing" };

export type UsageKeeper = {
  /** Never throws: what the disk does not take is kept in memory. */
  keep(usage: KeptUsage): Promise<void>;
  list(): Promise<KeptUsage[]>;
  forget(id: UsageId): Promise<void>;
};

/** Usage on the server's own disk, a file for each call: it is there after a restart, also without a database. */
export function createUsageKeeper({ directory, log }: { directory: string; log: Logger }): UsageKeeper {
  const inMemory = new Map<UsageId, KeptUsage>();
  const pathOf = (id: UsageId) => join(directory, `${id}.json`);

  async function read(file: string): Promise<KeptUsage | undefined> {
    if (parseId("usage", file.replace(/\.json$/, "")) === undefined) return undefined;
    try {
      return JSON.parse(await readFile(join(directory, file), "utf8")) as KeptUsage;
    } catch (err) {
      // Each file was whole before it got its name, so this one was touched by somebody: it stays for them to see.
      log.error({ err, file }, "kept usage cannot be read");
      return undefined;
    }
  }

  return {
    async keep(usage) {
      inMemory.set(usage.id, usage);
      try {
        await mkdir(directory, { recursive: true });
        const half = join(directory, `.${usage.id}`);
        await writeFile(half, JSON.stringify(usage), { flush: true });
        await rename(half, pathOf(usage.id));
      } catch (err) {
        log.error({ err, ...usage }, "usage is kept in memory alone: the disk does not take it");
      }
    },
    async list() {
      const files = await readdir(directory).catch(() => []);
      const onDisk = (await Promise.all(files.map(read))).filter((usage) => usage !== undefined);
      const known = new Set(onDisk.map(({ id }) => id));
      return [...onDisk, ...[...inMemory.values()].filter(({ id }) => !known.has(id))];
    },
    async forget(id) {
      inMemory.delete(id);
      await rm(pathOf(id), { force: true });
    },
  };
}
