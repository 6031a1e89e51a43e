import { AicdError } from "@aicd/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../../deps.ts";
import { neighbourhood, type Rate, rateHeaders, ratesOf } from "./rates.ts";

/** Where nobody set another. */
export const STRANGERS = ratesOf(600).stranger;

/**
 * What an address hears that keeps showing wrong credentials, at whatever door: first that they are wrong, then
 * when to come back. Right ones from the same address are not slowed down: many share one.
 *
 * @returns the error to answer with
 */
export function slowStrangers({ limiter }: Pick<Deps, "limiter">, rate: Rate) {
  return async function judge<E extends Error>(
    error: E,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<E | AicdError> {
    if (!(error instanceof AicdError) || error.kind !== "unauthenticated") return error;
    const grant = await limiter.take(rate, neighbourhood(request.ip));
    reply.headers(rateHeaders([grant]));
    if (grant.granted) return error;
    reply.header("retry-after", String(grant.waitS));
    return new AicdError(
      "limited",
      `Too many wrong credentials from this address. Come back in ${grant.waitS} s.`,
    );
  };
}
