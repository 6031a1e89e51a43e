import { randomBytes } from "node:crypto";
import { AicdError, type CodeIndex, type IndexCount, type IndexReport, type IndexScope } from "@aicd/core";
import { createKeyedQueue } from "../keyed-queue.ts";
import { createOpen } from "../open.ts";
import { buildSnapshot } from "../rank/build.ts";
import type { Snapshot } from "../rank/snapshot.ts";
import { checkScope, checkTenant } from "../scope.ts";
import { createQdrant, type Point, type QdrantOptions, type Shelf, type TenantShelf } from "./client.ts";
import { packFacts, unpackFacts } from "./facts.ts";
import { pointsOf } from "./points.ts";
import { searchShelf } from "./search.ts";

type StoredReport = Omit<IndexReport, "left">;
/** Which generation answers: one point a repository, changed in one write. */
type Pointer = {
  generation: string;
  parts: number;
  report: StoredReport;
  /** A generation that is being written, and the one before whose contents are still to be removed. */
  pending: string;
  former: string;
};

const POINTER = [{ key: "kind", match: { value: "pointer" } }];
/** Points of contents are sent when this many wait. */
const WAITING = 400;
const REMOVED_AT_ONCE = 500;
const MOST_REPOSITORIES = 10_000;

/**
 * The index in one Qdrant collection. Contents are points named by git's id, so an update writes only what
 * is new; which of them count is said by the facts of a generation, and which generation counts by a single
 * pointer. Of one repository only one process may write at a time; any number may search.
 */
export function createQdrantIndex(options: QdrantOptions): CodeIndex {
  const qdrant = createQdrant(options);
  const updates = createKeyedQueue();
  const opened = createOpen((scope) => readFacts(qdrant.within(scope)));
  let isClosed = false;

  function whileOpen(): void {
    if (isClosed) throw new AicdError("unavailable", "The code index is closed.");
  }

  return {
    async update(given, source, { signal, onProgress } = {}) {
      whileOpen();
      const scope = checkScope(given);
      return updates.run(keyOf(scope), signal, async (stop) => {
        const shelf = qdrant.within(scope);
        const pointer = await readPointer(shelf);
        const before = await readFacts(shelf);
        if (pointer !== undefined) await tidy(shelf, pointer, before);
        const snapshot = await buildSnapshot(before, source, { signal: stop, onProgress });
        return write(shelf, { pointer, before, snapshot, stop });
      });
    },
    async search(given, query, { limit, signal }) {
      whileOpen();
      signal?.throwIfAborted();
      const scope = checkScope(given);
      const shelf = qdrant.within(scope);
      const pointer = await readPointer(shelf);
      if (pointer === undefined || pointer.generation === "") return undefined;
      const index = await opened.get(keyOf(scope), pointer.generation, scope);
      signal?.throwIfAborted();
      if (index === undefined) return undefined;
      return { commit: index.snapshot.commit, hits: await searchShelf(shelf, index, query, limit) };
    },
    async dropRepository(given) {
      whileOpen();
      const scope = checkScope(given);
      await updates.interrupt(keyOf(scope), () => qdrant.within(scope).remove([]));
      opened.forget(keyOf(scope));
    },
    async dropTenant(tenantId) {
      whileOpen();
      const tenant = qdrant.ofTenant(checkTenant(tenantId));
      const running = updates.keys().filter((key) => key.startsWith(`${tenantId}/`));
      await Promise.all(running.map((key) => updates.interrupt(key, async () => undefined)));
      await tenant.remove();
      opened.forget(`${tenantId}/`);
    },
    async count(tenantId) {
      whileOpen();
      return countTenant(qdrant.ofTenant(tenantId));
    },
    async close() {
      isClosed = true;
      await updates.close();
      opened.forget("");
    },
  };
}

/** Points that no pointer speaks of are counted too: only zeros everywhere prove an erasure. */
async function countTenant(tenant: TenantShelf): Promise<IndexCount> {
  const pointers = (await tenant.read(POINTER, MOST_REPOSITORIES)).map(pointerOf);
  const [points, files, passages] = await Promise.all([
    tenant.count([]),
    tenant.count([{ key: "kind", match: { value: "file" } }]),
    tenant.count([{ key: "kind", match: { value: "passage" } }]),
  ]);
  const sum = (name: "files" | "commits" | "bytes") =>
    pointers.reduce((total, { report }) => total + report[name], 0);
  return {
    repositories: pointers.filter(({ generation }) => generation !== "").length,
    files: Math.max(sum("files"), files),
    passages,
    vectors: files + passages,
    commits: sum("commits"),
    bytes: Math.max(sum("bytes"), points),
  };
}

async function write(
  shelf: Shelf,
  work: { pointer: Pointer | undefined; before: Snapshot | undefined; snapshot: Snapshot; stop: AbortSignal },
): Promise<IndexReport> {
  const { pointer, before, snapshot, stop } = work;
  const generation = randomBytes(12).toString("hex");
  const old = pointer ?? { generation: "", parts: 0, report: NOTHING };
  await shelf.upsert([pointerPoint({ ...old, pending: generation, former: "" })]);
  const known = new Set(before?.blobShas);
  let waiting: Point[] = [];
  for (const [blob, sha] of snapshot.blobShas.entries()) {
    if (known.has(sha)) continue;
    waiting.push(...pointsOf(snapshot, blob, generation));
    if (waiting.length < WAITING) continue;
    await shelf.upsert(waiting);
    stop.throwIfAborted();
    waiting = [];
  }
  await shelf.upsert(waiting);
  const parts = packFacts(snapshot);
  for (const [part, data] of parts.entries()) {
    const payload = { kind: "facts", generation, part, data };
    await shelf.upsert([{ key: `facts/${generation}/${part}`, vector: {}, payload }]);
  }
  stop.throwIfAborted();
  const report: IndexReport = {
    commit: snapshot.commit,
    files: snapshot.paths.length,
    passages: snapshot.passages.symbols.length,
    commits: snapshot.commitShas.length,
    left: snapshot.left,
    bytes: parts.reduce((sum, part) => sum + part.length, 0) + snapshot.pathBytes.reduce((a, b) => a + b, 0),
  };
  const { left: _, ...stored } = report;
  const pointerNow = { generation, parts: parts.length, report: stored, pending: "", former: old.generation };
  await shelf.upsert([pointerPoint(pointerNow)]);
  await removeFormer(shelf, pointerNow, { former: before, current: snapshot });
  await shelf.upsert([pointerPoint({ ...pointerNow, former: "" })]);
  return report;
}

/** What a killed update left behind: it was never part of an answer, or is not any more. */
async function tidy(shelf: Shelf, pointer: Pointer, current: Snapshot | undefined): Promise<void> {
  if (pointer.pending !== "") await shelf.remove([{ key: "generation", match: { value: pointer.pending } }]);
  if (pointer.former === "" || current === undefined) return;
  const former = await readGeneration(shelf, pointer.former);
  await removeFormer(shelf, pointer, { former, current });
}

/** Contents that the generation now answering does not have, and then the facts that named them. */
async function removeFormer(
  shelf: Shelf,
  pointer: Pointer,
  { former, current }: { former: Snapshot | undefined; current: Snapshot },
): Promise<void> {
  if (pointer.former === "") return;
  const kept = new Set(current.blobShas);
  const gone = former?.blobShas.filter((sha) => !kept.has(sha)) ?? [];
  for (let at = 0; at < gone.length; at += REMOVED_AT_ONCE) {
    await shelf.remove([{ key: "blob", match: { any: gone.slice(at, at + REMOVED_AT_ONCE) } }]);
  }
  await shelf.remove([
    { key: "kind", match: { value: "facts" } },
    { key: "generation", match: { value: pointer.former } },
  ]);
}

const NOTHING: StoredReport = { commit: "", files: 0, passages: 0, commits: 0, bytes: 0 };

async function readPointer(shelf: Shelf): Promise<Pointer | undefined> {
  const [payload] = await shelf.read(POINTER, 1);
  return payload === undefined ? undefined : pointerOf(payload);
}

function pointerPoint({ generation, report, ...rest }: Pointer): Point {
  const payload = { kind: "pointer", current: generation, ...rest, ...report };
  return { key: "pointer", vector: {}, payload };
}

function pointerOf(payload: Record<string, unknown>): Pointer {
  const number = (name: string) => Number(payload[name] ?? 0);
  return {
    generation: String(payload.current ?? ""),
    parts: number("parts"),
    pending: String(payload.pending ?? ""),
    former: String(payload.former ?? ""),
    report: {
      commit: String(payload.commit ?? ""),
      files: number("files"),
      passages: number("passages"),
      commits: number("commits"),
      bytes: number("bytes"),
    },
  };
}

/** Twice, because the facts of a generation go when the next one has taken its place. */
async function readFacts(shelf: Shelf): Promise<Snapshot | undefined> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const pointer = await readPointer(shelf);
    if (pointer === undefined || pointer.generation === "") return undefined;
    const found = await readGeneration(shelf, pointer.generation, pointer.parts);
    if (found !== undefined) return found;
  }
  return undefined;
}

const MOST_PARTS = 1_000;

async function readGeneration(
  shelf: Shelf,
  generation: string,
  parts = MOST_PARTS,
): Promise<Snapshot | undefined> {
  const rows = await shelf.read(
    [
      { key: "kind", match: { value: "facts" } },
      { key: "generation", match: { value: generation } },
    ],
    parts,
  );
  if (rows.length === 0) return undefined;
  rows.sort((a, b) => Number(a.part) - Number(b.part));
  return unpackFacts(rows.map(({ data }) => String(data)));
}

function keyOf({ tenantId, repositoryId }: IndexScope): string {
  return `${tenantId}/${repositoryId}`;
}
