import { isDeepStrictEqual } from "node:util";
import { AicdError, allows, type ErrorKind, type Principal, parseId, type TenantId } from "@aicd/core";
import type { Viewer } from "@aicd/db";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../deps.ts";
import { authenticate } from "../identity/authenticate.ts";
import { refuseForgery } from "../identity/csrf.ts";
import type { Identity } from "../identity/identity.ts";
import { principalFor } from "../identity/principal.ts";
import { createRepositoryAccess } from "../identity/repository-access.ts";
import { callerName, type FairQueue } from "./limits/fair-queue.ts";
import { type Grant, neighbourhood, type Rates, rateHeaders } from "./limits/rates.ts";
import { createRecentRefusals } from "./limits/recent-refusals.ts";
import { noteRefusal } from "./problems/note-refusal.ts";
import { missing, Refusal } from "./problems/problems.ts";
import { inOrganization, isWrite, type Route } from "./route.ts";

export type Admitted = {
  identity: Identity;
  principal: Principal | undefined;
  /** Whom to read for; undefined: they may see all repositories of the organisation. */
  viewer: Viewer | undefined;
  stillAllowed: () => Promise<boolean>;
};

/** What lets a request in, in this order: who, how often, where, what. Nothing of its body is read yet. */
export function createAdmission(deps: Deps, rates: Rates, queue: FairQueue) {
  const { limiter } = deps;
  const access = createRepositoryAccess(deps);
  const refusals = createRecentRefusals(deps.now);

  function spend(reply: FastifyReply, grants: Grant[], asker?: string): void {
    reply.headers(rateHeaders(grants));
    const refused = grants.find(({ granted }) => !granted);
    if (refused === undefined) return;
    if (asker !== undefined) refusals.note(asker, refused);
    throw usedUp(refused);
  }

  /** An address that keeps showing wrong credentials is slowed down; right ones next to it are not. */
  async function identify(request: FastifyRequest, reply: FastifyReply): Promise<Identity> {
    const identity = await authenticate(deps, request).catch(async (error: unknown) => {
      if (error instanceof AicdError && error.kind === "unauthenticated") {
        spend(reply, [await limiter.take(rates.stranger, neighbourhood(request.ip))]);
      }
      throw error;
    });
    if (identity !== undefined) return identity;
    spend(reply, [await limiter.take(rates.stranger, neighbourhood(request.ip))]);
    throw new Refusal(
      "unauthenticated",
      "Send an API key or an access token as `authorization: Bearer …`, or sign in.",
    );
  }

  return async function admit(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<Admitted> {
    const asker = callerName(deps, request);
    const turnedAway = refusals.stillHolding(asker);
    if (turnedAway !== undefined) spend(reply, [turnedAway]);
    const identity = await identify(request, reply);
    const caller = await limiter.take(rates.caller, callerId(identity));
    spend(reply, [caller], asker);
    if (isWrite(request.method)) refuseForgery(deps, request, identity);
    if (!inOrganization(route))
      return { identity, principal: undefined, viewer: undefined, stillAllowed: async () => true };

    const tenantId = parseId("tenant", (request.params as { org?: string }).org ?? "");
    const principal = tenantId === undefined ? undefined : await principalFor(deps, identity, tenantId);
    if (principal === undefined) throw missing();
    const everybody = await limiter.take(rates.organization, principal.tenantId);
    // A person may have other organisations; a key has this one only.
    spend(reply, [caller, everybody], identity.kind === "api_key" ? asker : undefined);
    if (route.permission !== null && !allows(principal, route.permission)) {
      const refusal = forbidden(principal, route);
      await noteRefusal(deps, { route, principal, requestId: request.id }, refusal);
      throw refusal;
    }
    const { tenantId: there } = principal;
    await queue.enter(request, reply, there);
    const viewer = await access.viewerFor(identity, principal);
    const stillAllowed = () => isStillAllowed(deps, access, { route, request, there, before: viewer });
    return { identity, principal, viewer, stillAllowed };
  };
}

/** Also looks again at what they may see: `before` is whom their answer is read for. */
async function isStillAllowed(
  deps: Deps,
  access: ReturnType<typeof createRepositoryAccess>,
  asked: { route: Route; request: FastifyRequest; there: TenantId; before: Viewer | undefined },
): Promise<boolean> {
  const { permission } = asked.route;
  try {
    const identity = await authenticate(deps, asked.request);
    const principal = identity === undefined ? undefined : await principalFor(deps, identity, asked.there);
    if (identity === undefined || principal === undefined) return false;
    if (permission !== null && !allows(principal, permission)) return false;
    return isDeepStrictEqual(await access.viewerFor(identity, principal), asked.before);
  } catch (error) {
    // A "no" is an answer; when identity cannot be asked just now, it is asked again later.
    return !(error instanceof AicdError && NO.has(error.kind));
  }
}

const NO: ReadonlySet<ErrorKind> = new Set<ErrorKind>(["unauthenticated", "forbidden", "missing"]);

function callerId(identity: Identity): string {
  return identity.kind === "user" ? identity.userId : identity.keyId;
}

function usedUp({ rate, waitS }: Grant): Refusal {
  const { capacity, windowS, name } = rate;
  return new Refusal(
    "limited",
    `The limit of ${capacity} requests in ${windowS} s for each ${name} is used up. Try again in ${waitS} s.`,
    { headers: { "retry-after": String(waitS) } },
  );
}

function forbidden(principal: Principal, route: Route): Refusal {
  const who = principal.actor.kind === "user" ? "Your role" : "This key's role or scopes";
  return new Refusal(
    "forbidden",
    `${who} (${principal.role}) lack ${route.permission} in this organisation. An owner or admin can change that.`,
  );
}
