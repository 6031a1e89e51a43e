import type { TenantId, WebhookEndpointId } from "@aicd/core";
import {
  type Database,
  deleteSecret,
  findSecret,
  listSealedSecrets,
  listStaleSecrets,
  putSecret,
  rewrapSecret,
  type SealedSecret,
  type TenantTx,
} from "@aicd/db";
import type { Redactor, Secret } from "@aicd/ops";
import type { Vault } from "./vault.ts";

/** The secrets a tenant may set, and what each is for. */
export const SECRET_NAMES = {
  ANTHROPIC_API_KEY:
    "Model calls to Anthropic are made, and billed, with this key instead of the operator's.",
  OPENAI_API_KEY: "Model calls to OpenAI are made, and billed, with this key instead of the operator's.",
} as const;
export type SecretName = keyof typeof SECRET_NAMES;

/** What events to an endpoint are signed with: now, and for a while after it was changed. */
type SigningSecretName = `webhook:${WebhookEndpointId}:${"current" | "previous"}`;
type StoredName = SecretName | SigningSecretName;

/** Short ones show nothing of themselves. */
const HINT_FROM = 20;

export type Secrets = {
  put(
    tx: TenantTx,
    input: { name: StoredName; value: string; by: { login: string; id: number } },
  ): Promise<{ created: boolean }>;
  remove(tx: TenantTx, name: StoredName): Promise<boolean>;
  /** For the place that uses it, never for an answer. Logs hide it from now on. */
  open(tx: TenantTx, name: StoredName): Promise<Secret | undefined>;
  /** The same for all that people set, in one reading. */
  openAll(tx: TenantTx): Promise<ReadonlyMap<string, Secret>>;
  /** Puts data keys under the present master key, a bounded number at a time. @returns how many are done */
  rewrapStale(): Promise<number>;
};

export function createSecrets(deps: { db: Database; vault: Vault; redactor: Redactor }): Secrets {
  const { db, vault, redactor } = deps;
  function unseal(tx: TenantTx, name: string, sealed: SealedSecret): Secret {
    const secret = vault.open(idOf(tx.scope.tenantId, name), sealed);
    redactor.register(secret.reveal());
    return secret;
  }

  return {
    async put(tx, { name, value, by }) {
      redactor.register(value);
      const sealed = vault.seal(idOf(tx.scope.tenantId, name), value);
      const hint = value.length >= HINT_FROM ? value.slice(-4) : "";
      return putSecret(tx, { ...sealed, name, hint, updatedBy: by });
    },
    remove: (tx, name) => deleteSecret(tx, name),
    async open(tx, name) {
      const sealed = await findSecret(tx, name);
      return sealed === undefined ? undefined : unseal(tx, name, sealed);
    },
    async openAll(tx) {
      const sealed = await listSealedSecrets(tx);
      return new Map(sealed.map(({ name, ...secret }) => [name, unseal(tx, name, secret)]));
    },
    async rewrapStale() {
      const stale = await listStaleSecrets(db.system, vault.masterKey);
      let done = 0;
      for (const { tenantId, name, ...sealed } of stale) {
        const { masterKey, wrappedKey } = vault.rewrap(idOf(tenantId, name), sealed);
        const moved = await db.withTenant({ tenantId }, (tx) =>
          rewrapSecret(tx, { name, before: sealed.wrappedKey, masterKey, wrappedKey }),
        );
        if (moved) done++;
      }
      return done;
    },
  };
}

function idOf(tenantId: TenantId, name: string) {
  return { tenantId, name };
}
