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

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_CHARACTERS = 10;
const RANDOM_BYTES = 16;
const BODY = /^[0-9a-hjkmnp-tv-z]{26}$/;

/** Mints `prefix_` + 10 characters of time (ms) + 16 random ones: sorts by time, 80 bits of chance. */
export type MintId = <K extends IdKind>(kind: K) => Id<K>;

export function createMint(source: { now: () => number; random: (bytes: number) => Uint8Array }): MintId {
  return function mint<K extends IdKind>(kind: K): Id<K> {
    let time = Math.floor(source.now());
    let head = "";
    for (let i = 0; i < TIME_CHARACTERS; i++) {
      head = ALPHABET[time % 32] + head;
      time = Math.floor(time / 32);
    }
    let tail = "";
    for (const byte of source.random(RANDOM_BYTES)) tail += ALPHABET[byte % 32];
    return `${ID_PREFIX[kind]}_${head}${tail}` as Id<K>;
  };
}

/** The id, typed, or undefined when the text is not an id of that kind. */
export function parseId<K extends IdKind>(kind: K, text: string): Id<K> | undefined {
  const prefix = `${ID_PREFIX[kind]}_`;
  if (!text.startsWith(prefix)) return undefined;
  return BODY.test(text.slice(prefix.length)) ? (text as Id<K>) : undefined;
}
