import { type AgentProgress, LIMITS } from "@aicd/core";
import type { Redact } from "../redact.ts";

/** Tools that change nothing, by the names our agents and agent command lines give them. */
const READERS = new Set(["read", "search", "glob", "grep", "ls", "webfetch", "todowrite"]);
const SAID_CHARACTERS = 800;

/** What an agent says and does, kept short, for a successor that may have to go on from here. */
export type Notebook = {
  note(progress: AgentProgress): void;
  /** The latest notes that fit, oldest first. */
  text(): string;
};

export function createNotebook(redact: Redact): Notebook {
  const lines: string[] = [];
  let size = 0;

  function add(line: string): void {
    if (line === lines.at(-1)) return;
    lines.push(line);
    size += line.length + 1;
    while (size > LIMITS.handoverCharacters) size -= (lines.shift()?.length ?? 0) + 1;
  }

  return {
    note(progress) {
      if (progress.type === "text" && progress.text.trim() !== "") {
        add(`said: ${redact(progress.text.trim()).slice(0, SAID_CHARACTERS)}`);
      }
      if (progress.type === "tool") {
        const failed = progress.ok ? "" : " (failed)";
        add(`${progress.tool} ${redact(progress.detail).split("\n")[0]?.slice(0, 200)}${failed}`);
      }
      if (progress.type === "note") add(`note: ${redact(progress.text).slice(0, 300)}`);
    },
    text: () => lines.join("\n"),
  };
}

/** Whether a step may have changed the working tree. */
export function mayChange(progress: AgentProgress): boolean {
  return progress.type === "tool" && progress.ok && !READERS.has(progress.tool.toLowerCase());
}
