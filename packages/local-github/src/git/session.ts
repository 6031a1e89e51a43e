import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { searchPath } from "../env.ts";
import { GIT_ENV } from "./run.ts";

/** Takes one answer off the front of what a process has said; undefined while it is incomplete. */
export type Take<T> = (said: Buffer) => { value: T; length: number } | undefined;

/** A git process that stays and answers one request after the other: starting one costs ten times as much. */
export interface Session<T> {
  /** Rejects when git ends instead of answering; the next request starts it anew. */
  ask(request: string): Promise<T>;
  close(): void;
}

export function openSession<T>(directory: string, args: readonly string[], take: Take<T>): Session<T> {
  let child: ChildProcessWithoutNullStreams | undefined;
  let waiting: { resolve: (value: T) => void; reject: (error: Error) => void }[] = [];

  function start(): ChildProcessWithoutNullStreams {
    const started = spawn("git", args, {
      cwd: directory,
      env: { PATH: searchPath(), HOME: directory, ...GIT_ENV },
    });
    const mine: typeof waiting = [];
    let said: Buffer = Buffer.alloc(0);
    let complaint = "";
    waiting = mine;
    started.stdout.on("data", (chunk: Buffer) => {
      said = said.length === 0 ? chunk : Buffer.concat([said, chunk]);
      for (let answer = take(said); answer; answer = take(said)) {
        said = said.subarray(answer.length);
        mine.shift()?.resolve(answer.value);
      }
    });
    started.stderr.on("data", (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    const end = (error?: Error) => {
      if (child === started) child = undefined;
      for (const each of mine.splice(0))
        each.reject(error ?? new Error(`git ${args[0]}: ${complaint.trim()}`));
    };
    started.on("error", end);
    started.on("close", () => end());
    // A request written to a process that is ending is rejected by its end.
    started.stdin.on("error", () => undefined);
    return started;
  }

  return {
    ask(request) {
      child ??= start();
      const { stdin } = child;
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        stdin.write(request);
      });
    },
    close() {
      child?.kill();
    },
  };
}
