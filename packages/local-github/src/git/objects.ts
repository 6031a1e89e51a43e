import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { GIT_ENV } from "./run.ts";

export interface GitObject {
  oid: string;
  type: "commit" | "tree" | "blob" | "tag";
  content: Buffer;
}

/** Reads objects through one long-lived `git cat-file --batch`, because a process per read costs milliseconds. */
export interface ObjectReader {
  /** `spec` is anything git can name (an oid, a full ref name); undefined when it names nothing. */
  read(spec: string): Promise<GitObject | undefined>;
  close(): void;
}

export function readerOf(world: World, repository: Repository): ObjectReader {
  const known = world.readers.get(repository.id);
  if (known) return known;
  const reader = openReader(repository.directory);
  world.readers.set(repository.id, reader);
  return reader;
}

export function openReader(directory: string): ObjectReader {
  let child: ChildProcessWithoutNullStreams | undefined;
  let pending: Buffer = Buffer.alloc(0);
  const waiting: { resolve: (object: GitObject | undefined) => void; reject: (error: Error) => void }[] = [];

  function start(): ChildProcessWithoutNullStreams {
    const started = spawn("git", ["cat-file", "--batch"], {
      cwd: directory,
      env: { PATH: process.env.PATH, HOME: directory, ...GIT_ENV },
    });
    started.stdout.on("data", (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      drain();
    });
    started.stdin.on("error", () => undefined);
    started.on("close", () => {
      child = undefined;
      for (const entry of waiting.splice(0)) entry.reject(new Error("git cat-file ended early"));
    });
    started.on("error", () => started.emit("close"));
    return started;
  }

  function drain(): void {
    for (;;) {
      const answer = take(pending);
      if (!answer) return;
      pending = pending.subarray(answer.length);
      waiting.shift()?.resolve(answer.object);
    }
  }

  return {
    read(spec) {
      // A line break would end the request early and shift every later answer by one.
      if (spec === "" || /[\n\r\0]/.test(spec)) return Promise.resolve(undefined);
      child ??= start();
      const { stdin } = child;
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        stdin.write(`${spec}\n`);
      });
    },
    close() {
      child?.kill();
    },
  };
}

/** Parses one answer off the front; undefined while it is incomplete. */
function take(buffer: Buffer): { object: GitObject | undefined; length: number } | undefined {
  const end = buffer.indexOf(10);
  if (end < 0) return undefined;
  const header = buffer.subarray(0, end).toString();
  const match = /^([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)$/.exec(header);
  if (!match) return { object: undefined, length: end + 1 };
  const size = Number(match[3]);
  if (buffer.length < end + 1 + size + 1) return undefined;
  const content = Buffer.from(buffer.subarray(end + 1, end + 1 + size));
  return {
    object: { oid: match[1] as string, type: match[2] as GitObject["type"], content },
    length: end + 1 + size + 1,
  };
}
