import type { Task } from "@aicd/sdk";

export type State = Task["state"];

/** Each state in a person's words, and what colour it has. */
export const STATES = {
  QUEUED: { label: "Queued", tone: "idle" },
  PLANNING: { label: "Planning", tone: "busy" },
  AWAITING_APPROVAL: { label: "Awaiting approval", tone: "asks" },
  NEEDS_INPUT: { label: "Needs input", tone: "asks" },
  CODING: { label: "Coding", tone: "busy" },
  REVIEWING: { label: "Reviewing", tone: "busy" },
  BLOCKED: { label: "Blocked", tone: "bad" },
  PUBLISHING: { label: "Publishing", tone: "busy" },
  PR_OPEN: { label: "Pull request open", tone: "good" },
  MERGED: { label: "Merged", tone: "done" },
  CLOSED: { label: "Closed", tone: "idle" },
  CANCELLED: { label: "Cancelled", tone: "idle" },
  FAILED: { label: "Failed", tone: "bad" },
} as const satisfies Record<State, { label: string; tone: string }>;

const DOLLARS = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const CENTS = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 4,
  maximumFractionDigits: 4,
});

/** Millionths of a dollar; what is less than ten cents shows more places, because tasks can be that cheap. */
export function money(microUsd: number): string {
  const dollars = microUsd / 1e6;
  return dollars !== 0 && dollars < 0.1 ? CENTS.format(dollars) : DOLLARS.format(dollars);
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const STEPS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

export function moment(iso: string): string {
  return MOMENT.format(new Date(iso));
}

export function clock(iso: string): string {
  return CLOCK.format(new Date(iso));
}

/** "5 minutes ago"; older than a month, the date. */
export function since(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1_000;
  if (Math.abs(seconds) > 30 * 86_400) return moment(iso);
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step === undefined ? "just now" : RELATIVE.format(Math.round(seconds / step[1]), step[0]);
}

/** "48 s", "3 min 12 s", "2 h 5 min". */
export function lasted(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** "1 finding", "2 findings". */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

/** `runner_never_started` → "Runner never started". */
export function sentence(name: string): string {
  const words = name.replaceAll(/[_.]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a table of ours has for a word that others chose. `constructor` is in none, though every object has one. */
export function entryOf<V>(table: Readonly<Record<string, V>>, word: string): V | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
