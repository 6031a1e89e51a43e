import { AicdError } from "@aicd/core";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { z } from "zod";

/** Claims of a GitHub Actions token that decide something. Ids are numbers in strings. */
export const RunClaims = z.object({
  jti: z.string().min(1).max(200),
  repository_id: z.coerce.number().int(),
  repository_owner_id: z.coerce.number().int(),
  event_name: z.string(),
  ref: z.string(),
  workflow_ref: z.string(),
  workflow_sha: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
  run_id: z.coerce.number().int(),
  run_attempt: z.coerce.number().int(),
  runner_environment: z.string(),
});
export type RunClaims = z.infer<typeof RunClaims>;

/** Codes by which jose says that the issuer, not the token, is at fault. */
const UNREACHABLE = new Set(["ERR_JWKS_TIMEOUT", "ERR_JOSE_GENERIC", "ERR_JWKS_INVALID"]);

export type VerifyOidc = (token: string) => Promise<RunClaims>;

/**
 * RS256 only, key by id from the fixed JWKS address, issuer and audience exact, 60 s of leeway.
 * `sub` decides nothing: it has two formats and customers may change it.
 * @throws AicdError unauthenticated for every token that is not good, unavailable when no keys are had
 */
export function createOidcVerifier(options: {
  issuer: string;
  jwksUrl: string;
  audience: string;
}): VerifyOidc {
  const keys = createRemoteJWKSet(new URL(options.jwksUrl), {
    cooldownDuration: 60_000,
    timeoutDuration: 5_000,
  });
  return async function verify(token) {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ["RS256"],
        issuer: options.issuer,
        audience: options.audience,
        clockTolerance: 60,
        maxTokenAge: "15 minutes",
        requiredClaims: ["jti", "exp", "nbf", "iat"],
      });
      if (Array.isArray(payload.aud)) throw refused("its audience is a list");
      const claims = RunClaims.safeParse(payload);
      if (!claims.success) throw refused("it lacks claims of a workflow run");
      return claims.data;
    } catch (error) {
      if (error instanceof AicdError) throw error;
      if (!(error instanceof errors.JOSEError) || UNREACHABLE.has(error.code)) {
        throw new AicdError("unavailable", "The issuer's keys could not be read; try again.", {
          cause: error,
        });
      }
      throw refused(error.code);
    }
  };
}

function refused(why: string): AicdError {
  return new AicdError("unauthenticated", `The OIDC token was refused: ${why}.`);
}
