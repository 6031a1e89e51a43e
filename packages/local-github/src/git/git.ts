import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openSession, type Session, type Take } from "./session.ts";

export interface GitObject {
  oid: string;
  type: "commit" | "tree" | "blob" | "tag";
  content: Buffer;
}

export const ZERO_OID = "0".repeat(40);
export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Git's own tools on one bare repository, each started when first needed and kept. */
export interface Plumbing {
  /** `spec` is anything git can name (an oid, a full ref name); undefined when it names nothing. */
  read(spec: string): Promise<GitObject | undefined>;
  /** Stores an object and gives its oid; git refuses a malformed tree or commit. */
  write(type: "blob" | "tree" | "commit", content: Buffer): Promise<string>;
  /**
   * Moves a ref from `before` to `after` in one step; the zero oid stands for "is not there".
   * False when the ref was somewhere else by then.
   */
  moveRef(name: string, after: string, before: string): Promise<boolean>;
  /** What `git diff-tree --raw -p -z` says about two trees. */
  diff(from: string, to: string): Promise<string>;
  close(): void;
}

export function openPlumbing(directory: string): Plumbing {
  const reader = openSession(directory, ["cat-file", "--batch"], takeObject);
  const refs = openSession(directory, ["update-ref", "--stdin"], takeTransaction);
  const end = `end of diff ${randomUUID()}\n`;
  const differ = openSession(directory, [...DIFF_TREE, "--stdin"], takeUntil(end));
  const writers = new Map<string, Writer>();
  let lastMove: Promise<unknown> = Promise.resolve();
  return {
    read: async (spec) => {
      // A line break would end the request early and shift every later answer by one.
      return spec === "" || /[\n\r\0]/.test(spec) ? undefined : await reader.ask(`${spec}\n`);
    },
    write(type, content) {
      const writer = writers.get(type) ?? openWriter(directory, type);
      writers.set(type, writer);
      return writer.write(content);
    },
    moveRef(name, after, before) {
      const target = after === ZERO_OID ? `delete ${name} ${before}` : `update ${name} ${after} ${before}`;
      // Git ends the session when the old value does not hold, so nothing else may wait in it.
      const mine = lastMove.then(() => refs.ask(`start\n${target}\ncommit\n`)).catch(() => false);
      lastMove = mine;
      return mine;
    },
    diff: (from, to) => differ.ask(`${from} ${to}\n${end}`),
    close() {
      for (const session of [reader, refs, differ, ...writers.values()]) session.close();
    },
  };
}

interface Writer {
  write(content: Buffer): Promise<string>;
  close(): void;
}

/** Git takes new objects from files, so each kind has one file that is written over, one object at a time. */
function openWriter(directory: string, type: string): Writer {
  const session: Session<string> = openSession(directory, [...HASH_OBJECT, "-t", type], takeLine);
  const path = join(directory, `incoming-${type}`);
  let last: Promise<unknown> = Promise.resolve();
  return {
    write(content) {
      const mine = last.then(async () => {
        await writeFile(path, content);
        return session.ask(`${path}\n`);
      });
      last = mine.catch(() => undefined);
      return mine;
    },
    close: () => session.close(),
  };
}

const HASH_OBJECT = ["hash-object", "-w", "--no-filters", "--stdin-paths"];
const DIFF_TREE = [
  "diff-tree",
  "-r",
  "-M",
  "--raw",
  "-p",
  "-z",
  "--full-index",
  "--no-abbrev",
  "--no-ext-diff",
];

const takeObject: Take<GitObject | undefined> = (said) => {
  const end = said.indexOf(10);
  if (end < 0) return undefined;
  const match = /^([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)$/.exec(said.subarray(0, end).toString());
  if (!match) return { value: undefined, length: end + 1 };
  const size = Number(match[3]);
  if (said.length < end + 1 + size + 1) return undefined;
  const content = Buffer.from(said.subarray(end + 1, end + 1 + size));
  const value = { oid: match[1] as string, type: match[2] as GitObject["type"], content };
  return { value, length: end + 1 + size + 1 };
};

const takeLine: Take<string> = (said) => {
  const end = said.indexOf(10);
  return end < 0 ? undefined : { value: said.subarray(0, end).toString(), length: end + 1 };
};

const TRANSACTION = "start: ok\ncommit: ok\n";

const takeTransaction: Take<boolean> = (said) =>
  said.length < TRANSACTION.length ? undefined : { value: true, length: TRANSACTION.length };

/** Git echoes a line that names no objects, which marks where one diff ends. */
function takeUntil(end: string): Take<string> {
  return (said) => {
    const at = said.indexOf(end);
    if (at < 0) return undefined;
    const text = said.subarray(0, at).toString();
    return { value: text.slice(text.indexOf("\n") + 1), length: at + end.length };
  };
}
