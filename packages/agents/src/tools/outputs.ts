import type { Workspace } from "@aicd/core";
import { bound } from "./bound.ts";

/** What one run may put into the conversation; about 2,500 tokens. */
const SHOWN_CHARACTERS = 9_000;
const KEPT = 20;
const NAME = /^output:(\d+)$/;

/** Whole outputs of this process's runs, which `read` shows by name. They are nothing of the repository's. */
const outputs = new WeakMap<Workspace, { first: number; texts: string[] }>();

/** Head and tail of an output, and where the rest is read. */
export function shownOutput(workspace: Workspace, text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  const kept = outputs.get(workspace) ?? { first: 1, texts: [] };
  outputs.set(workspace, kept);
  kept.texts.push(text);
  if (kept.texts.length > KEPT) {
    kept.texts.shift();
    kept.first += 1;
  }
  const name = `output:${kept.first + kept.texts.length - 1}`;
  return `${bound(text, SHOWN_CHARACTERS)}\n[the whole of it, ${text.split("\n").length} lines: read \`${name}\`]`;
}

/** The output of that name; undefined: the path is a file's. */
export function outputOf(workspace: Workspace, path: string): string | undefined {
  const number = NAME.exec(path)?.[1];
  if (number === undefined) return undefined;
  const kept = outputs.get(workspace);
  return kept?.texts[Number(number) - kept.first];
}
