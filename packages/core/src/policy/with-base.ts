import type { FileChange, FileMode } from "../change-set.ts";
import { hiddenBefore } from "../hidden.ts";
import { twins } from "../path.ts";
import { namesIn, type Search } from "./judge-content.ts";
import { type FindSecrets, newEffort } from "./secrets/effort.ts";

/** The commit a ChangeSet starts from, as whoever judges has read it. */
export type Base = {
  /** Every file with its mode; of a very large tree at least those that stand beside changed paths. */
  modes: ReadonlyMap<string, FileMode>;
  /** Contents of the files that `pathsToRead` named; one that is not there counts as empty. */
  texts: ReadonlyMap<string, string>;
};

/** A ChangeSet, or whatever else has files of one. */
type Change = { files: FileChange[] };
type Write = Extract<FileChange, { kind: "write" }>;
const KNOWN_NAMES = 1_000;

/** Files whose base decides what of their text is news: those that hide something, or name a secret or a host. */
export function pathsToRead(
  { files }: Change,
  modes: Base["modes"],
  findSecrets: FindSecrets | undefined,
): string[] {
  const search = { findSecrets, effort: newEffort() };
  return files
    .filter((file) => file.kind === "write" && modes.has(file.path) && hasNews(file, search))
    .map(({ path }) => path);
}

function hasNews(file: Write, search: Search): boolean {
  const text = textOf(file);
  return hiddenBefore(text, text) !== undefined || namesIn(file.path, text, search).length > 0;
}

/**
 * The same change, saying of its base what `base` says: whatever its sender claimed is gone. The digest of a ChangeSet
 * stays, for none of this is what would be written.
 */
export function withBase<C extends Change>(change: C, base: Base, findSecrets: FindSecrets | undefined): C {
  const gone = new Set(change.files.filter(({ kind }) => kind === "delete").map(({ path }) => path));
  const made = change.files.filter(({ kind, path }) => kind === "write" && !base.modes.has(path));
  const stay = made.length === 0 ? [] : [...base.modes.keys()].filter((path) => !gone.has(path));
  const twinsOf = twins(
    made.map(({ path }) => path),
    stay,
  );
  const search = { now: { findSecrets, effort: newEffort() }, before: { findSecrets, effort: newEffort() } };
  const files = change.files.map((file): FileChange => {
    if (file.kind === "delete") return file;
    const { kind, path, mode, contentBase64 } = file;
    const twinOf = twinsOf.get(path);
    return {
      ...{ kind, path, mode, contentBase64, baseMode: base.modes.get(path) ?? null },
      ...(twinOf === undefined ? {} : { twinOf }),
      ...known(file, base.texts.get(path), search),
    };
  });
  return { ...change, files };
}

function known(
  file: Write,
  before: string | undefined,
  search: { now: Search; before: Search },
): Pick<Write, "hiddenBefore" | "knownBefore"> {
  if (before === undefined) return {};
  const text = textOf(file);
  const hidden = hiddenBefore(before, text);
  const now = new Set(namesIn(file.path, text, search.now));
  const names =
    now.size === 0 ? [] : namesIn(file.path, before, search.before).filter((name) => now.has(name));
  return {
    ...(hidden === undefined ? {} : { hiddenBefore: hidden }),
    ...(names.length === 0 ? {} : { knownBefore: [...new Set(names)].slice(0, KNOWN_NAMES) }),
  };
}

function textOf(file: Write): string {
  return Buffer.from(file.contentBase64, "base64").toString("utf8");
}
