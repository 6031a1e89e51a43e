import { AicdError, type Settings } from "@aicd/core";
import { locateCaller } from "@aicd/db";
import type { FastifyRequest } from "fastify";
import type { Deps } from "../deps.ts";
import { hashToken, type Runner } from "../identity/authenticate-runner.ts";

/** Who makes model calls, and the settings its attempt was frozen with: they say which models were agreed on. */
export type Caller = Runner & { tokenHash: Buffer; settings: Settings };

/** Whose lease token stands where the vendor's programs put their key. */
export async function authenticateCaller(
  deps: Pick<Deps, "db">,
  request: Pick<FastifyRequest, "headers">,
): Promise<Caller> {
  const tokenHash = hashToken(tokenOf(request));
  const located = await locateCaller(deps.db.system, tokenHash);
  if (located === undefined || located.settings === null) {
    throw new AicdError("unauthenticated", "The lease token is not known; the lease may be long over.");
  }
  const { tenantId, id: attemptId, settings } = located;
  return { scope: { tenantId }, attemptId, tokenHash, settings };
}

function tokenOf({ headers }: Pick<FastifyRequest, "headers">): string {
  const key = headers["x-api-key"];
  const bearer = headers.authorization ?? "";
  const token = typeof key === "string" ? key : bearer.replace(/^bearer /i, "");
  if (token === "") throw new AicdError("unauthenticated", "Send the lease token as the API key.");
  return token;
}
