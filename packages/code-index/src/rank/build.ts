import type { CodeSource, PastCommit } from "@aicd/core";
import { INDEX_LIMITS } from "../limits.ts";
import { readBlob } from "../read/blob.ts";
import { eligible } from "../read/eligible.ts";
import { termsOf } from "../text/terms.ts";
import { Growing } from "./grow.ts";
import type { Snapshot } from "./snapshot.ts";

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
  const commits = await changesOf(before, source);
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

type Rest = Pick<Snapshot, "commit" | "left" | "paths" | "pathBlobs" | "pathBytes"> & {
  commits: { fresh: PastCommit[]; keep: number };
};

/** Collects contents one by one into the flat arrays of a snapshot. */
function createWriter(before: Snapshot | undefined) {
  const terms: string[] = [];
  const ids = new Map<string, number>();
  const renumbered = new Uint32Array(before?.terms.length ?? 0);
  const blobShas: string[] = [];
  const blobNames: string[] = [];
  const blobPassages = new Growing();
  const from = new Growing();
  const to = new Growing();
  const symbols: string[] = [];
  const passagePairs = new Growing();
  const pairTerms = new Growing(1 << 16);
  const pairCounts = new Growing(1 << 16);

  function idOf(term: string): number {
    let id = ids.get(term);
    if (id === undefined) {
      id = terms.length;
      terms.push(term);
      ids.set(term, id);
    }
    return id;
  }

  /** The new number of a term of the snapshot before; 0 means not asked for yet. */
  function again(old: Snapshot, term: number): number {
    let id = renumbered[term] ?? 0;
    if (id === 0) {
      id = idOf(old.terms[term] ?? "") + 1;
      renumbered[term] = id;
    }
    return id - 1;
  }

  function open(sha: string, names: string): number {
    blobShas.push(sha);
    blobNames.push(names);
    blobPassages.push(symbols.length);
    return blobShas.length - 1;
  }

  return {
    keep(blob: number): number {
      if (before === undefined) throw new Error("nothing was there before");
      const place = open(before.blobShas[blob] ?? "", before.blobNames[blob] ?? "");
      for (let p = before.blobPassages[blob] ?? 0; p < (before.blobPassages[blob + 1] ?? 0); p++) {
        from.push(before.from[p] ?? 0);
        to.push(before.to[p] ?? 0);
        symbols.push(before.symbols[p] ?? "");
        passagePairs.push(pairTerms.length);
        for (let at = before.passagePairs[p] ?? 0; at < (before.passagePairs[p + 1] ?? 0); at++) {
          pairTerms.push(again(before, before.pairTerms[at] ?? 0));
          pairCounts.push(before.pairCounts[at] ?? 0);
        }
      }
      return place;
    },
    add(sha: string, content: Buffer): number {
      const blob = readBlob(content);
      // What is no text is remembered as empty, so that it is not read at every update.
      const place = open(sha, blob?.names.join(" ") ?? "");
      for (const passage of blob?.passages ?? []) {
        from.push(passage.from);
        to.push(passage.to);
        symbols.push(passage.symbol);
        passagePairs.push(pairTerms.length);
        for (const [term, count] of passage.counts) {
          pairTerms.push(idOf(term));
          pairCounts.push(Math.min(count, 255));
        }
      }
      return place;
    },
    finish({ commits: { fresh, keep }, ...rest }: Rest): Snapshot {
      blobPassages.push(symbols.length);
      passagePairs.push(pairTerms.length);
      const commitTerms = new Growing();
      const commitStarts = new Growing();
      for (const { message } of fresh) {
        commitStarts.push(commitTerms.length);
        for (const term of new Set(termsOf(withoutTrailers(message)))) commitTerms.push(idOf(term));
      }
      if (before !== undefined) {
        for (let c = 0; c < keep; c++) {
          commitStarts.push(commitTerms.length);
          for (let at = before.commitStarts[c] ?? 0; at < (before.commitStarts[c + 1] ?? 0); at++) {
            commitTerms.push(again(before, before.commitTerms[at] ?? 0));
          }
        }
      }
      commitStarts.push(commitTerms.length);
      return {
        ...rest,
        terms,
        blobShas,
        blobNames,
        blobPassages: blobPassages.taken(),
        from: from.taken(),
        to: to.taken(),
        symbols,
        passagePairs: passagePairs.taken(),
        pairTerms: pairTerms.taken(),
        pairCounts: Uint8Array.from(pairCounts.taken()),
        commitShas: [...fresh.map(({ sha }) => sha), ...(before?.commitShas.slice(0, keep) ?? [])],
        commitTerms: commitTerms.taken(),
        commitStarts: commitStarts.taken(),
        commitPaths: [...fresh.map(({ paths }) => paths), ...(before?.commitPaths.slice(0, keep) ?? [])],
      };
    },
  };
}

/** People who signed say nothing about code. */
function withoutTrailers(message: string): string {
  return message
    .slice(0, INDEX_LIMITS.messageCharacters)
    .split("\n")
    .filter((line) => !/^(?:signed-off-by|co-authored-by|reviewed-by|change-id|cc):/i.test(line))
    .join("\n");
}
