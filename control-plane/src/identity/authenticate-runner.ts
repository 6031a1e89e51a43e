import { createHash } from "node:crypto";
import { AicdError, type AttemptId } from "@aicd/core";
import { locateAttempt, type Scope } from "@aicd/db";
import type { FastifyRequest } from "fastify";
import type { Deps } from "../deps.ts";

export type Runner = { scope: Scope; attemptId: AttemptId };

export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

export function bearerOf(request: FastifyRequest): string {
  const header = request.headers.authorization ?? "";
  const token = /^bearer /i.test(header) ? header.slice(7).trim() : "";
  if (token === "" || token.length > 8_192) {
    throw new AicdError("unauthenticated", "Send the token as `authorization: Bearer …`.");
  }
  return token;
}

/** Whose lease token it is. The tenant comes from the token's row, never from the request. */
export async function authenticateRunner(deps: Deps, token: string): Promise<Runner> {
  const located = await locateAttempt(deps.db.system, { tokenHash: hashToken(token) });
  if (located === undefined) {
    throw new AicdError("unauthenticated", "The lease token is not known; the lease may be long over.");
  }
  return { scope: { tenantId: located.tenantId }, attemptId: located.id };
}
