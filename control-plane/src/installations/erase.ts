import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TenantId } from "@aicd/core";
import {
  type Erasure,
  type ErasureProof,
  eraseRows,
  eraseStrangers,
  finishErasure,
  hasInstallation,
  listDueErasures,
  listTenantTables,
  noteExport,
} from "@aicd/db";
import type { Deps } from "../deps.ts";
import { writeExport } from "./export.ts";

/**
 * The export outlives the rows for so long, for an owner who asks for it. It is the tenant's data as well: with
 * the twelve hours before the erasure it stays within the promised day.
 */
const EXPORT_HOURS = 11;
const HOUR_MS = 60 * 60_000;

/**
 * Deletes tenants whose App was uninstalled: export first, then every row in one transaction, then a
 * count of what is left, kept as the proof. Killed in between, it starts over and ends the same.
 */
export async function eraseDue(deps: Deps): Promise<number> {
  const due = await listDueErasures(deps.db.system);
  for (const erasure of due) {
    try {
      await erase(deps, erasure);
    } catch (err) {
      deps.log.error({ err, tenantId: erasure.tenantId, erasureId: erasure.id }, "a tenant was not erased");
    }
  }
  await forgetExports(deps);
  return due.length;
}

async function erase(deps: Deps, erasure: Erasure): Promise<void> {
  const { id, tenantId } = erasure;
  const about = { erasureId: id, tenantId };
  if (await hasInstallation(deps.db.system, tenantId)) return withdraw(deps, erasure);
  if (erasure.exportPath === null) {
    const path = await writeExport(deps, { tenantId }, deps.exportDirectory);
    await noteExport(deps.db.system, id, path);
  }
  const tables = await listTenantTables(deps.db.system);
  const proof = await deps.db.withEraser((tx) => eraseRows(tx, tenantId, tables));
  // Installed again while the export was written.
  if (proof === undefined) return withdraw(deps, erasure);
  const index = await eraseIndex(deps, tenantId);
  const people = await deps.db.withEraser(eraseStrangers);
  const left = Object.entries(proof).filter(([, rows]) => rows.left > 0);
  if (left.length > 0 || Object.values(index.left).some((count) => count > 0)) {
    // Something wrote while we deleted; the next round finds it.
    deps.log.warn({ ...about, left: Object.fromEntries(left) }, "rows came back while a tenant was erased");
    return;
  }
  await finishErasure(deps.db.system, id, { tables: proof, index, people });
  deps.log.info({ ...about, deleted: proof }, "tenant erased");
}

/** The copies of its code, and all that was made of them: files, passages, vectors. */
async function eraseIndex(deps: Deps, tenantId: TenantId): Promise<NonNullable<ErasureProof["index"]>> {
  const { writer, mirrors } = deps.codeIndex;
  const deleted = await writer.count(tenantId);
  await writer.dropTenant(tenantId);
  await mirrors.dropTenant(tenantId);
  const mirrored = (await mirrors.list()).filter((scope) => scope.tenantId === tenantId).length;
  return { deleted, left: { ...(await writer.count(tenantId)), mirrors: mirrored } };
}

async function withdraw(deps: Deps, { id, tenantId }: Erasure): Promise<void> {
  await finishErasure(deps.db.system, id, { withdrawn: true });
  deps.log.info({ erasureId: id, tenantId }, "erasure withdrawn: the App is installed again");
}

async function forgetExports(deps: Deps): Promise<void> {
  const names = await readdir(deps.exportDirectory).catch(() => []);
  for (const name of names) {
    const path = join(deps.exportDirectory, name);
    // One that is taken away by whoever made it, at this moment, is no trouble.
    const mtimeMs = await stat(path).then((found) => found.mtimeMs, deps.now);
    if (deps.now() - mtimeMs > EXPORT_HOURS * HOUR_MS) await rm(path, { force: true, recursive: true });
  }
}
