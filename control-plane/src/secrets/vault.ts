import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AicdError, type TenantId } from "@aicd/core";
import type { SealedSecret } from "@aicd/db";
import { Secret } from "@aicd/ops";
import type { MasterKey, MasterKeys } from "./master-keys.ts";

const CIPHER = "aes-256-gcm";
const NONCE = 12;
const TAG = 16;

/** Whose secret it is: what was sealed for one tenant and name opens under no other. */
type SecretId = { tenantId: TenantId; name: string };

export type Vault = {
  /** Name of the master key that new data keys are wrapped with. */
  readonly masterKey: string;
  /** Seals under a data key of its own, which the master key wraps. */
  seal(id: SecretId, value: string): SealedSecret;
  /** @throws AicdError when the master key is not set here any more, or the row is not what was sealed */
  open(id: SecretId, sealed: SealedSecret): Secret;
  /** Wraps the data key with the present master key; the value itself stays as it lies. */
  rewrap(id: SecretId, sealed: SealedSecret): SealedSecret;
};

export function createVault(keys: MasterKeys): Vault {
  const wrapping = new Map(keys.all.map((key) => [key.name, key.derive("wrap")]));

  function unwrap(id: SecretId, sealed: SealedSecret): Buffer {
    const key = wrapping.get(sealed.masterKey);
    if (key === undefined) {
      throw new AicdError(
        "broken",
        `The secret is wrapped with master key ${sealed.masterKey}, which ENCRYPTION_KEY does not hold.`,
        { retryable: false },
      );
    }
    return decrypt(key, `key:${about(id)}`, sealed.wrappedKey);
  }

  function wrap(id: SecretId, dataKey: Buffer, by: MasterKey) {
    const key = wrapping.get(by.name) ?? by.derive("wrap");
    return { masterKey: by.name, wrappedKey: encrypt(key, `key:${about(id)}`, dataKey) };
  }

  return {
    masterKey: keys.current.name,
    seal(id, value) {
      const dataKey = randomBytes(32);
      const sealed = encrypt(dataKey, `value:${about(id)}`, Buffer.from(value));
      return { ...wrap(id, dataKey, keys.current), sealed };
    },
    open(id, sealed) {
      const dataKey = unwrap(id, sealed);
      return new Secret(decrypt(dataKey, `value:${about(id)}`, sealed.sealed).toString());
    },
    rewrap(id, sealed) {
      return { ...wrap(id, unwrap(id, sealed), keys.current), sealed: sealed.sealed };
    },
  };
}

function about({ tenantId, name }: SecretId): string {
  return `${tenantId}\0${name}`;
}

/** nonce, ciphertext, tag */
function encrypt(key: Buffer, aad: string, plain: Buffer): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG }).setAAD(Buffer.from(aad));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, aad: string, box: Buffer): Buffer {
  try {
    const decipher = createDecipheriv(CIPHER, key, box.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(aad))
      .setAuthTag(box.subarray(-TAG));
    return Buffer.concat([decipher.update(box.subarray(NONCE, -TAG)), decipher.final()]);
  } catch (cause) {
    throw new AicdError("broken", "A secret is not what was sealed for this tenant and name.", {
      cause,
      retryable: false,
    });
  }
}
