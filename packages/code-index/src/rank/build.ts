import type { CodeSource, PastCommit } from "@aicd/core";
import { INDEX_LIMITS } from "../limits.ts";
import { eligible } from "../read/eligible.ts";
import type { Snapshot } from "./snapshot.ts";
import { createWriter } from "./writer.ts";

type Options = {
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, all: number) => void) | undefined;
};
/** Longer work in one piece would keep other requests of the process waiting. */
const BREATH_MS = 12;

/** The repository at `source.commit`; contents and changes that `before` knows are not read again. */
export async function buildSnapshot(
  before: Snapshot | undefined,
  source: CodeSource,
  options: Options = {},
): Promise<Snapshot> {
  // Two walks of git that do not need each other.
  const changes = changesOf(before, source);
  changes.catch(() => undefined);
  const { files, left } = eligible(await source.files());
  options.signal?.throwIfAborted();
  const known = new Map(before?.blobShas.map((sha, blob) => [sha, blob]));
  const sizes = new Map(files.map(({ sha, bytes }) => [sha, bytes]));
  const writer = createWriter(before);
  const places = new Map<string, number>();
  const unread: string[] = [];
  for (const sha of sizes.keys()) {
    const blob = known.get(sha);
    if (blob === undefined) unread.push(sha);
    else places.set(sha, writer.keep(blob));
  }
  let done = sizes.size - unread.length;
  options.onProgress?.(done, sizes.size);
  const breathe = createBreath();
  for (const batch of batches(unread, sizes)) {
    const contents = await source.blobs(batch);
    options.signal?.throwIfAborted();
    for (const sha of batch) {
      const content = contents.get(sha);
      if (content !== undefined) places.set(sha, writer.add(sha, content));
      if (await breathe()) options.signal?.throwIfAborted();
    }
    done += batch.length;
    options.onProgress?.(done, sizes.size);
  }
  const commits = await changes;
  options.signal?.throwIfAborted();
  const kept = files.filter(({ sha }) => places.has(sha));
  return writer.finish({
    commit: source.commit,
    left,
    paths: kept.map(({ path }) => path),
    pathBlobs: Uint32Array.from(kept, ({ sha }) => places.get(sha) ?? 0),
    pathBytes: Uint32Array.from(kept, ({ bytes }) => bytes),
    commits,
  });
}

function* batches(shas: readonly string[], sizes: ReadonlyMap<string, number>): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const sha of shas) {
    batch.push(sha);
    bytes += sizes.get(sha) ?? 0;
    if (bytes < INDEX_LIMITS.batchBytes && batch.length < INDEX_LIMITS.batchFiles) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Lets others run when we have worked for long; says whether it did. */
function createBreath(): () => Promise<boolean> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < BREATH_MS) return false;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
    return true;
  };
}

/** New changes, and after them those of `before` unless history was rewritten. */
async function changesOf(
  before: Snapshot | undefined,
  source: CodeSource,
): Promise<{ fresh: PastCommit[]; keep: number }> {
  const limit = INDEX_LIMITS.commits;
  const until = before?.commit;
  const found = await source.history(until === undefined ? { limit } : { limit, until });
  const isJoined = until !== undefined && found.at(-1)?.sha === until;
  const fresh = (isJoined ? found.slice(0, -1) : found).filter(
    ({ paths }) => paths.length > 0 && paths.length <= INDEX_LIMITS.commitPaths,
  );
  const keep = isJoined ? Math.min(before?.commitShas.length ?? 0, Math.max(0, limit - fresh.length)) : 0;
  return { fresh, keep };
}
