import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

const KEY_ID = "local-github-oidc";
const NONE_ALGORITHM = "none";

export interface ForgedKey {
  key?: Parameters<SignJWT["sign"]>[0];
  /** `HS256`, `none`, …: anything a verifier must refuse. */
  alg?: string;
  kid?: string;
}

/** Signs the tokens jobs show to third parties, like `token.actions.githubusercontent.com`. */
export interface OidcIssuer {
  jwks(): { keys: JWK[] };
  /** Signs exactly these claims, so that tests can forge tokens that are nearly right. */
  sign(claims: Record<string, unknown>, forged?: ForgedKey): Promise<string>;
}

export async function createOidcIssuer(): Promise<OidcIssuer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: "RS256", use: "sig" };
  return {
    jwks: () => ({ keys: [jwk] }),
    async sign(claims, forged = {}) {
      const { alg = "RS256", kid = KEY_ID, key = privateKey } = forged;
      if (alg === NONE_ALGORITHM) {
        const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
        return `${part({ alg, typ: "JWT" })}.${part(claims)}.`;
      }
      return await new SignJWT(claims).setProtectedHeader({ alg, kid, typ: "JWT" }).sign(key);
    },
  };
}
