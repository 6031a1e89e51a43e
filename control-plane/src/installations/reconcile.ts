import { listKnownInstallations, listUnreconciled } from "@aicd/db";
import type { Deps } from "../deps.ts";

const PAGES = 100;

/** What no webhook told us: installations compared with GitHub's own list, and repositories every six hours. */
export async function reconcileInstallations(deps: Deps): Promise<{ owed: number }> {
  const listed = await listInstallations(deps);
  const known = await listKnownInstallations(deps.db.system);
  const due = new Set(await listUnreconciled(deps.db.system, 6));
  for (const [id, state] of listed) if (known.get(id) !== state) due.add(id);
  for (const [id, state] of known) if (state !== "deleted" && !listed.has(id)) due.add(id);
  for (const installationId of due) {
    await deps.db.withSystem((tx) => deps.enqueue(tx, "sync-installation", { installationId }));
  }
  return { owed: due.size };
}

async function listInstallations(deps: Deps): Promise<Map<number, "active" | "suspended">> {
  const found = new Map<number, "active" | "suspended">();
  for (let page = 1; page <= PAGES; page++) {
    const { data } = await deps.github.app.rest.apps.listInstallations({ per_page: 100, page });
    for (const { id, suspended_at: suspendedAt } of data) {
      found.set(Number(id), suspendedAt === null ? "active" : "suspended");
    }
    if (data.length < 100) break;
  }
  return found;
}
