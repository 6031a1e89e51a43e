import type { RepositoryId, WebhookEndpointId } from "@aicd/core";
import {
  deleteWebhookEndpoint,
  findWebhookEndpoint,
  listWebhookEndpoints,
  renewDeliveries,
  seesAll,
  setWebhookEndpoint,
  storeWebhookEndpoint,
  type TenantTx,
  type WebhookEndpoint,
} from "@aicd/db";
import { z } from "zod";
import type { Deps } from "../../../deps.ts";
import { commit } from "../../../http/commit.ts";
import { missing, Refusal } from "../../../http/problems/problems.ts";
import { route } from "../../../http/route.ts";
import { faultOf, shownOf } from "../../../webhooks/address.ts";
import { oweDelivery } from "../../../webhooks/owe.ts";
import { mintSigningSecret } from "../../../webhooks/sign.ts";
import { audit, personOf } from "../../audited.ts";
import { OrgParams } from "../../shapes/common.ts";
import {
  EndpointFields,
  EndpointParams,
  EndpointView,
  endpointOf,
  NewEndpointView,
} from "../../shapes/webhooks.ts";

const tag = "Webhooks";
const base = "/v1/organizations/{org}/webhook-endpoints";
const one = `${base}/{endpoint}`;
const MOST = 20;
const OVERLAP_S = 24 * 60 * 60;
const MAX_OVERLAP_S = 7 * OVERLAP_S;
const { url, description, types, repositories } = EndpointFields;

export const webhookEndpointRoutes = [
  route(
    {
      id: "listWebhookEndpoints",
      tag,
      method: "GET",
      path: base,
      summary: "Where events are sent, oldest first",
      permission: "webhook.read",
      params: OrgParams,
      answers: { 200: z.object({ items: z.array(EndpointView) }) },
    },
    async (deps, { scope }) => {
      const rows = await deps.db.withTenant(scope, listWebhookEndpoints);
      return { body: { items: rows.map(endpointOf) } };
    },
  ),
  route(
    {
      id: "createWebhookEndpoint",
      tag,
      method: "POST",
      path: base,
      summary: "Have events sent to an address",
      description: `Events are signed by the Standard Webhooks convention. The secret is in this answer and nowhere else. An organisation has ${MOST} endpoints at most.`,
      permission: "webhook.write",
      params: OrgParams,
      body: z.strictObject({
        url,
        description: description.optional(),
        types: types.optional(),
        repositories: repositories.optional(),
      }),
      answers: { 201: NewEndpointView },
      once: ["secret"],
      problems: ["conflict"],
    },
    async (deps, call) => {
      const { description: words = "", types: wanted = [], repositories: of = null } = call.body;
      const address = addressOf(deps, call.body.url);
      return commit(deps, call, async (tx) => {
        await mustSee(tx, of);
        const made = await storeWebhookEndpoint(tx, deps.mint, {
          ...{ url: address, description: words, types: wanted, repositories: of, most: MOST },
          createdBy: personOf(call),
          createdAt: new Date(deps.now()),
        });
        if (made === undefined) {
          throw new Refusal(
            "conflict",
            `There are ${MOST} endpoints already. Remove one that is not needed.`,
          );
        }
        const secret = mintSigningSecret();
        const name = `webhook:${made.id}:current` as const;
        await deps.secrets.put(tx, { name, value: secret, by: personOf(call) });
        const detail = {
          at: shownOf(address),
          types: wanted,
          ...(of === null ? {} : { repositories: of }),
        };
        await audit(deps, tx, call, { action: "webhook_endpoint.created", target: made.id, detail });
        return { body: { ...endpointOf(made), secret } };
      });
    },
  ),
  route(
    {
      id: "getWebhookEndpoint",
      tag,
      method: "GET",
      path: one,
      summary: "One endpoint",
      permission: "webhook.read",
      params: EndpointParams,
      answers: { 200: EndpointView },
    },
    async (deps, { scope, params }) => {
      const row = await deps.db.withTenant(scope, (tx) => findWebhookEndpoint(tx, params.endpoint));
      if (row === undefined) throw missing();
      return { body: endpointOf(row) };
    },
  ),
  route(
    {
      id: "updateWebhookEndpoint",
      tag,
      method: "PATCH",
      path: one,
      summary: "Change an endpoint",
      description: "What waits for an endpoint is kept while it is disabled, and sent when it is enabled.",
      permission: "webhook.write",
      params: EndpointParams,
      body: z.strictObject({
        url: url.optional(),
        description: description.optional(),
        types: types.optional(),
        repositories: repositories.optional(),
        enabled: z.boolean().optional(),
      }),
      answers: { 200: EndpointView },
    },
    async (deps, call) => {
      const { url: to, enabled, ...given } = call.body;
      const address = to === undefined ? undefined : addressOf(deps, to);
      return commit(deps, call, async (tx) => {
        const { id, ...before } = await mustFind(tx, call.params.endpoint);
        if (given.repositories !== undefined) await mustSee(tx, given.repositories);
        const state = enabled === true ? "enabled" : "disabled";
        const turned = enabled === undefined ? {} : ({ state, disabledReason: null } as const);
        const change = {
          ...given,
          ...(address === undefined ? {} : { url: address }),
          ...turned,
        };
        const after =
          Object.keys(change).length === 0 ? { id, ...before } : await setWebhookEndpoint(tx, id, change);
        if (after === undefined) throw missing();
        if (before.state === "disabled" && after.state === "enabled") {
          const lanes = await renewDeliveries(tx, { endpointId: id, at: new Date(deps.now()) });
          await oweDelivery(deps, tx, call.scope.tenantId, lanes);
        }
        const detail = {
          ...given,
          ...(address === undefined ? {} : { at: shownOf(address) }),
          ...(enabled === undefined ? {} : { enabled }),
        };
        await audit(deps, tx, call, { action: "webhook_endpoint.changed", target: id, detail });
        return { body: endpointOf(after) };
      });
    },
  ),
  route(
    {
      id: "rotateWebhookSecret",
      tag,
      method: "POST",
      path: `${one}/rotate-secret`,
      summary: "Change what events are signed with",
      description: "For a while events carry a signature by each of the two secrets, so that nothing stops.",
      permission: "webhook.write",
      params: EndpointParams,
      body: z
        .strictObject({
          overlapSeconds: z
            .int()
            .min(0)
            .max(MAX_OVERLAP_S)
            .optional()
            .describe(`${OVERLAP_S} when left out; 0: the old secret is worth nothing from now on.`),
        })
        .optional(),
      answers: { 201: NewEndpointView },
      once: ["secret"],
    },
    async (deps, call) => {
      const { overlapSeconds = OVERLAP_S } = call.body ?? {};
      return commit(deps, call, async (tx) => {
        const { id } = await mustFind(tx, call.params.endpoint);
        const [current, previous] = [`webhook:${id}:current`, `webhook:${id}:previous`] as const;
        const old = await deps.secrets.open(tx, current);
        const by = personOf(call);
        if (old !== undefined && overlapSeconds > 0)
          await deps.secrets.put(tx, { name: previous, value: old.reveal(), by });
        else await deps.secrets.remove(tx, previous);
        const secret = mintSigningSecret();
        await deps.secrets.put(tx, { name: current, value: secret, by });
        const previousUntil = overlapSeconds > 0 ? new Date(deps.now() + overlapSeconds * 1_000) : null;
        const after = await setWebhookEndpoint(tx, id, { previousUntil });
        if (after === undefined) throw missing();
        const detail = { overlapSeconds };
        await audit(deps, tx, call, { action: "webhook_endpoint.secret_rotated", target: id, detail });
        return { body: { ...endpointOf(after), secret } };
      });
    },
  ),
  route(
    {
      id: "deleteWebhookEndpoint",
      tag,
      method: "DELETE",
      path: one,
      summary: "Remove an endpoint",
      description: "Its log and what waits for it go with it.",
      permission: "webhook.write",
      params: EndpointParams,
      answers: { 204: undefined },
    },
    async (deps, call) =>
      commit(deps, call, async (tx) => {
        const { endpoint: id } = call.params;
        if (!(await deleteWebhookEndpoint(tx, id))) throw missing();
        for (const which of ["current", "previous"] as const) {
          await deps.secrets.remove(tx, `webhook:${id}:${which}`);
        }
        await audit(deps, tx, call, { action: "webhook_endpoint.removed", target: id });
        return { body: undefined };
      }),
  ),
];

/** The address as it is kept. */
function addressOf(deps: Deps, given: string): string {
  const address = new URL(given);
  const fault = faultOf(address, deps.webhooks.privateAddresses);
  if (fault === undefined) return address.href;
  throw new Refusal("invalid", fault, { errors: [{ in: "body", pointer: "/url", detail: fault }] });
}

/** Nobody has more sent to an address of theirs than they may see. */
async function mustSee(tx: TenantTx, ids: RepositoryId[] | null): Promise<void> {
  if (await seesAll(tx, ids)) return;
  if (ids !== null) throw missing();
  const detail =
    "An endpoint may hear of no more than who sets it, and some private repositories are hidden from you. Name in `repositories` what it may hear of, or ask an owner.";
  throw new Refusal("forbidden", detail);
}

/** An endpoint that the caller may turn to themselves: it hears of nothing that they may not see. */
async function mustFind(tx: TenantTx, id: WebhookEndpointId): Promise<WebhookEndpoint> {
  const endpoint = await findWebhookEndpoint(tx, id, "no key update");
  if (endpoint === undefined) throw missing();
  await mustSee(tx, endpoint.repositories);
  return endpoint;
}
