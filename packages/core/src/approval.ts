import { createHash } from "node:crypto";
import { type SandboxLevel, Settings } from "./settings.ts";
import type { Snapshot } from "./snapshot.ts";

/** Where contributors' instructions stand; the first that exists counts, from the base commit. */
export const INSTRUCTION_PATHS = ["AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md"] as const;

/** A file that agents read as the repository's own word: its git id, and as much of its text as is shown. */
export type FileRead = { path: string; oid: string; text: string };

/** All that agents read besides the code. What an older release did not keep is not there, and not compared. */
export type Ground = {
  snapshot: Snapshot;
  /** As they count, with what the tenant and the command say. */
  settings: Settings;
  /** Null: the repository has none. */
  settingsFile?: FileRead | null;
  instructions?: FileRead | null;
  /** What the repository itself demands; what commands may run in is its tenant's word at any time. */
  ownSandbox?: SandboxLevel | null;
};

/** A later look at it. */
export type Seen = Omit<Ground, "settings"> & {
  /** Undefined: the file cannot be read as settings any more. */
  settings: Settings | undefined;
  /** Lowest id of a comment that GitHub showed: an older one is not missing. */
  commentsFrom: number;
};

/** Something that is other than it was when a plan was made. `of` is a login, or a path. */
export type Difference = {
  what: "title" | "body" | "comment" | "newer" | "settings" | "instructions";
  of: string;
  before: string;
  now: string;
};

/** sha256 (hex) over all that is read; part of the plan hash. */
export function groundDigest(ground: Ground): string {
  const { issue, comments, guidance } = ground.snapshot;
  const thread = [
    [issue.number, issue.title, issue.body],
    comments.map(({ id, author, body }) => [id, author.login, body]),
    guidance.map(({ author, text }) => [author.login, text]),
  ];
  const files = [coveredSettings(ground), ground.instructions?.oid ?? null];
  return createHash("sha256")
    .update(JSON.stringify([thread, files]))
    .digest("hex");
}

/** What was edited between two looks at the same ground, and what came. */
export function differencesOf(before: Ground, now: Seen): Difference[] {
  const [was, is] = [before.snapshot.issue, now.snapshot.issue];
  return [
    ...differs("title", was.author.login, was.title, is.title),
    ...differs("body", was.author.login, was.body, is.body),
    ...commentsThatDiffer(before.snapshot, now.snapshot, now.commentsFrom),
    ...settingsThatDiffer(before, now),
    ...instructionsThatDiffer(before.instructions, now.instructions),
  ];
}

/** A comment that nobody had read changes nothing in what was planned; all else does. */
export function voidsApproval({ what }: Difference): boolean {
  return what !== "newer";
}

function differs(what: Difference["what"], of: string, before: string, now: string): Difference[] {
  return before === now ? [] : [{ what, of, before, now }];
}

function commentsThatDiffer(before: Snapshot, now: Snapshot, from: number): Difference[] {
  const read = new Map(before.comments.map((comment) => [comment.id, comment]));
  const here = new Map(now.comments.map((comment) => [comment.id, comment]));
  const edited = before.comments.flatMap(({ id, author, body }) =>
    here.has(id) || id >= from ? differs("comment", author.login, body, here.get(id)?.body ?? "") : [],
  );
  const newer = now.comments.flatMap(({ id, author, body }) =>
    read.has(id) ? [] : differs("newer", author.login, "", body),
  );
  return [...edited, ...newer];
}

function settingsThatDiffer(before: Ground, now: Seen): Difference[] {
  const was = coveredSettings(before);
  const is = now.settings === undefined ? undefined : coveredSettings({ ...now, settings: now.settings });
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  const [old, file] = [before.settingsFile, now.settingsFile];
  const of = file?.path ?? old?.path ?? "";
  // The same file and other settings: the tenant's own, or the command's.
  if (old === undefined || file === undefined || old?.oid === file?.oid) {
    return [{ what: "settings", of: "", before: pretty(was), now: pretty(is) }];
  }
  return [{ what: "settings", of, before: old?.text ?? "", now: file?.text ?? "" }];
}

function instructionsThatDiffer(before: Ground["instructions"], now: Ground["instructions"]): Difference[] {
  if (before === undefined || now === undefined) return [];
  if (before?.oid === now?.oid && before?.path === now?.path) return [];
  const of = now?.path ?? before?.path ?? "";
  return [{ what: "instructions", of, before: before?.text ?? "", now: now?.text ?? "" }];
}

/** In the order of the schema, whatever a store made of it; with what a newer release left to its default. */
function coveredSettings({ settings, ownSandbox }: Pick<Ground, "settings" | "ownSandbox">): Settings {
  const { sandbox: _decided, ...rest } = settings;
  const own = ownSandbox == null ? rest : { ...rest, sandbox: ownSandbox };
  return Settings.safeParse(own).data ?? own;
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
