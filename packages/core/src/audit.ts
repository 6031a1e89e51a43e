import { showHidden } from "./hidden.ts";
import type { ThreadIntent } from "./intent.ts";

/**
 * An action in words. `{actor}` and `{target}` are names, every other word in braces is read from the entry's
 * detail. `wish` is what whoever was refused had wanted: "mona tried to …".
 */
type Sentence = { did: string; wish?: string };

/** What is wished for on a thread or through the API; each of them can be refused. */
const WISHES = {
  "task.requested": { did: "{actor} asked for work on {target}", wish: "ask for work on {target}" },
  "plan.approved": { did: "{actor} approved the plan of {target}", wish: "approve the plan of {target}" },
  "plan.revised": {
    did: "{actor} asked for another plan of {target}",
    wish: "ask for another plan of {target}",
  },
  "retry.requested": { did: "{actor} had {target} tried again", wish: "have {target} tried again" },
  "task.cancelled": { did: "{actor} cancelled {target}", wish: "cancel {target}" },
  "revision.requested": { did: "{actor} asked for changes to {target}", wish: "ask for changes to {target}" },
  "status.requested": { did: "{actor} asked about {target}", wish: "ask about {target}" },
  "command.unclear": {
    did: "{actor} said something unclear about {target}",
    wish: "say something about {target} that is not a command",
  },
  "pull_request.merged": {
    did: "{actor} merged the pull request of {target}",
    wish: "merge the pull request of {target}",
  },
  "pull_request.closed": {
    did: "{actor} closed the pull request of {target}",
    wish: "close the pull request of {target}",
  },
  "pull_request.retargeted": {
    did: "{actor} gave the pull request of {target} another base",
    wish: "give the pull request of {target} another base",
  },
} as const satisfies Record<ThreadIntent["type"], Required<Sentence>>;

const SENTENCES = {
  ...WISHES,
  "request.refused": { did: "{actor} was refused {operation} with “{reason}”" },
  "attempt.leased": { did: "{actor} began to work on {target}" },
  "pull_request.published": { did: "{actor} published a change for {target} on behalf of {onBehalfOf}" },
  "member.joined": { did: "{target} joined with the role {after}" },
  "member.left": { did: "{target} left" },
  "member.role_changed": { did: "{target} has the role {after} instead of {before}, as GitHub says" },
  "member.role_set": { did: "{actor} gave {target} the role {after} instead of {before}" },
  "organization.settings_set": { did: "{actor} changed the settings of the organisation" },
  "organization.exported": { did: "{actor} exported all data of the organisation" },
  "audit_log.exported": { did: "{actor} exported the audit log" },
  "repository.index_requested": { did: "{actor} had the code index of {target} made anew" },
  "repository.switched": { did: "{actor} switched {target} on or off (enabled: {enabled})" },
  "repository.settings_set": { did: "{actor} changed the settings of {target}" },
  "secret.set": { did: "{actor} set the secret {target}" },
  "secret.replaced": { did: "{actor} replaced the secret {target}" },
  "secret.removed": { did: "{actor} removed the secret {target}" },
  "api_key.created": { did: "{actor} created the API key {target} with the role {role}" },
  "api_key.rotated": { did: "{actor} rotated the API key {target}" },
  "api_key.revoked": { did: "{actor} revoked the API key {target}" },
  "billing.checkout_opened": { did: "{actor} opened the page on which the plan {plan} is bought" },
  "billing.portal_opened": { did: "{actor} opened the page of invoices and cards" },
  "billing.overage_set": { did: "{actor} set whether usage beyond the plan is billed (overage: {overage})" },
  "webhook_endpoint.created": { did: "{actor} created the webhook endpoint {target}" },
  "webhook_endpoint.changed": { did: "{actor} changed the webhook endpoint {target}" },
  "webhook_endpoint.secret_rotated": { did: "{actor} rotated the secret of the webhook endpoint {target}" },
  "webhook_endpoint.removed": { did: "{actor} removed the webhook endpoint {target}" },
  "webhook_endpoint.redelivered": { did: "{actor} had an event sent again to the webhook endpoint {target}" },
  "webhook_endpoint.tested": { did: "{actor} sent a test to the webhook endpoint {target}" },
  "webhook_endpoint.disabled": { did: "{actor} disabled the webhook endpoint {target}: {reason}" },
} as const satisfies Record<string, Sentence>;

/** Everything that is written down has its sentence here, or it does not compile. */
export type AuditAction = keyof typeof SENTENCES;

const ROWS: ReadonlyMap<string, Sentence> = new Map(Object.entries(SENTENCES));
const REFUSED = "refused.";
const MOST_OF_A_NAME = 300;

type Entry = { action: string; detail: Record<string, unknown> };

/** Whether an entry tells of something that was wished for and not done. */
export function wasRefused({ action, detail }: Entry): boolean {
  if (action === "request.refused") return true;
  return typeof detail.outcome === "string" && detail.outcome.startsWith(REFUSED);
}

/** The outcome of a wish that is refused, as the record has it. */
export function refusedOutcome(why: string): string {
  return `${REFUSED}${why}`;
}

/**
 * An entry as one line of plain text, without a full stop. Names and details are data: each is cut, on one
 * line, and what hides in it is shown; none is read as a part of the sentence's form.
 * @param names of whoever did it and of what it was done to
 */
export function auditText(entry: Entry, names: { actor: string; target: string }): string {
  const row = ROWS.get(entry.action);
  // Of a release that had other actions.
  if (row === undefined) return filled("{actor}: {action} ({target})", { ...names, action: entry.action });
  const words = { ...entry.detail, ...names };
  if (row.wish === undefined || !wasRefused(entry)) return filled(row.did, words);
  const { reason } = entry.detail;
  const why = typeof reason === "string" ? ": {reason}" : "";
  return filled(`{actor} tried to ${row.wish} and was refused${why}`, words);
}

function filled(form: string, words: Record<string, unknown>): string {
  return form.replaceAll(/\{(\w+)\}/g, (_match, word: string) => shown(words[word])).replace(/\.$/, "");
}

function shown(value: unknown): string {
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (typeof value !== "string" || value === "") return "something";
  const line = showHidden(value).replaceAll(/\s+/g, " ").trim();
  return line.length > MOST_OF_A_NAME ? `${line.slice(0, MOST_OF_A_NAME).toWellFormed()}…` : line;
}
