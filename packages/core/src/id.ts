/** Prefix of every id. The kind is readable in logs and refuses ids of another kind at the door. */
export const ID_PREFIX = {
  tenant: "ten",
  installation: "ins",
  repository: "rep",
  intent: "int",
  task: "tsk",
  attempt: "att",
  plan: "pln",
  changeSet: "chg",
  verdict: "ver",
  evidence: "evi",
  comment: "cmt",
  usage: "usg",
  event: "evt",
  checkpoint: "chk",
  user: "usr",
  session: "ses",
  apiKey: "key",
  audit: "aud",
  erasure: "era",
  memory: "mem",
  fleetServer: "srv",
  webhookEndpoint: "whe",
  webhookEvent: "wev",
} as const;

export type IdKind = keyof typeof ID_PREFIX;
export type Id<K extends IdKind> = string & { readonly __kind: K };
export type TenantId = Id<"tenant">;
export type InstallationId = Id<"installation">;
export type RepositoryId = Id<"repository">;
export type IntentId = Id<"intent">;
export type TaskId = Id<"task">;
export type AttemptId = Id<"attempt">;
export type PlanId = Id<"plan">;
export type ChangeSetId = Id<"changeSet">;
export type CommentId = Id<"comment">;
export type UsageId = Id<"usage">;
export type UserId = Id<"user">;
export type FleetServerId = Id<"fleetServer">;
export type SessionId = Id<"session">;
export type ApiKeyId = Id<"apiKey">;
export type WebhookEndpointId = Id<"webhookEndpoint">;
export type WebhookEventId = Id<"webhookEvent">;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_CHARACTERS = 10;
const RANDOM_BYTES = 14;
const BODY = /^[0-9a-hjkmnp-tv-z]{26}$/;

/**
 * Mints `prefix_` + 10 characters of time (ms) + 2 of order within it + 14 random ones (70 bits): ids of
 * one process sort in the order they were minted.
 */
export type MintId = <K extends IdKind>(kind: K) => Id<K>;

export function createMint(source: { now: () => number; random: (bytes: number) => Uint8Array }): MintId {
  let last = 0;
  let order = 0;
  return function mint<K extends IdKind>(kind: K): Id<K> {
    const now = Math.floor(source.now());
    order = now > last || order === 1023 ? 0 : order + 1;
    // A clock set back, or a thousand ids in one millisecond, borrow from the future.
    last = order === 0 ? Math.max(now, last + 1) : last;
    let random = "";
    for (const byte of source.random(RANDOM_BYTES)) random += ALPHABET[byte % 32];
    return `${ID_PREFIX[kind]}_${encode(last, TIME_CHARACTERS)}${encode(order, 2)}${random}` as Id<K>;
  };
}

function encode(value: number, characters: number): string {
  let text = "";
  for (let rest = value; text.length < characters; rest = Math.floor(rest / 32)) {
    text = ALPHABET[rest % 32] + text;
  }
  return text;
}

/** The id, typed, or undefined when the text is not an id of that kind. */
export function parseId<K extends IdKind>(kind: K, text: string): Id<K> | undefined {
  const prefix = `${ID_PREFIX[kind]}_`;
  if (!text.startsWith(prefix)) return undefined;
  return BODY.test(text.slice(prefix.length)) ? (text as Id<K>) : undefined;
}
