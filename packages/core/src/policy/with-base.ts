import type { ChangeSet, FileChange, FileMode } from "../change-set.ts";
import { hiddenBefore } from "../hidden.ts";
import { twins } from "../path.ts";
import { namesIn } from "./judge-content.ts";

/** The commit a ChangeSet starts from, as whoever judges has read it. */
export type Base = {
  /** Every file with its mode; of a very large tree at least those that stand beside changed paths. */
  modes: ReadonlyMap<string, FileMode>;
  /** Contents of the files that `pathsToRead` named; one that is not there counts as empty. */
  texts: ReadonlyMap<string, string>;
};

type Write = Extract<FileChange, { kind: "write" }>;
const KNOWN_NAMES = 1_000;

/** Files whose base decides what of their text is news: those that hide something, or name a secret or a host. */
export function pathsToRead(changeSet: ChangeSet, modes: Base["modes"]): string[] {
  return changeSet.files
    .filter((file) => file.kind === "write" && modes.has(file.path) && hasNews(file))
    .map(({ path }) => path);
}

function hasNews(file: Write): boolean {
  const text = textOf(file);
  return hiddenBefore(text, text) !== undefined || namesIn(file.path, text).length > 0;
}

/**
 * The same change, saying of its base what `base` says: whatever its sender claimed is gone. Its digest stays, for
 * none of this is what would be written.
 */
export function withBase(changeSet: ChangeSet, base: Base): ChangeSet {
  const gone = new Set(changeSet.files.filter(({ kind }) => kind === "delete").map(({ path }) => path));
  const made = changeSet.files.filter(({ kind, path }) => kind === "write" && !base.modes.has(path));
  const stay = made.length === 0 ? [] : [...base.modes.keys()].filter((path) => !gone.has(path));
  const twinsOf = twins(
    made.map(({ path }) => path),
    stay,
  );
  const files = changeSet.files.map((file): FileChange => {
    if (file.kind === "delete") return file;
    const { kind, path, mode, contentBase64 } = file;
    const twinOf = twinsOf.get(path);
    return {
      ...{ kind, path, mode, contentBase64, baseMode: base.modes.get(path) ?? null },
      ...(twinOf === undefined ? {} : { twinOf }),
      ...known(file, base.texts.get(path)),
    };
  });
  return { ...changeSet, files };
}

function known(file: Write, before: string | undefined): Pick<Write, "hiddenBefore" | "knownBefore"> {
  if (before === undefined) return {};
  const text = textOf(file);
  const hidden = hiddenBefore(before, text);
  const now = new Set(namesIn(file.path, text));
  const names = now.size === 0 ? [] : namesIn(file.path, before).filter((name) => now.has(name));
  return {
    ...(hidden === undefined ? {} : { hiddenBefore: hidden }),
    ...(names.length === 0 ? {} : { knownBefore: [...new Set(names)].slice(0, KNOWN_NAMES) }),
  };
}

function textOf(file: Write): string {
  return Buffer.from(file.contentBase64, "base64").toString("utf8");
}
