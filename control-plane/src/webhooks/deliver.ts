import { parseId, type TenantId } from "@aicd/core";
import {
  appendAudit,
  type ClaimedDelivery,
  claimDelivery,
  type DeliveryLane,
  findWebhookEndpoint,
  noteDelivered,
  noteUndelivered,
  setWebhookEndpoint,
  type TenantTx,
  type WebhookLane,
} from "@aicd/db";
import type { Deps } from "../deps.ts";
import { scopeOf } from "../facts.ts";
import { Postponed } from "../outbox/postponed.ts";
import { shownOf } from "./address.ts";
import { oweWebhook } from "./owe.ts";
import type { Sent } from "./send.ts";
import { signedHeaders } from "./sign.ts";

/** A worker's hold on a delivery: longer than a try may take, so that it is not taken from one that lives. */
const CLAIM_MS = 30_000;
/** After that long the lane is left to another run: one endpoint's backlog must not outlast the job's timeout. */
const TURN_MS = 45_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 4 * 60 * 60_000;
/** So long is an event tried. */
const PATIENCE_MS = 3 * 24 * 60 * 60_000;
const GONE = 410;

type Payload = { tenantId: string; endpointId: string; lane: string };

/**
 * Job `deliver-webhooks`: sends what is due in one lane, one after another, until nothing is left or something has to
 * be tried again; what is behind it waits, so that events of one subject arrive in their order.
 */
export async function deliverWebhooks(deps: Deps, payload: Payload, { signal }: { signal: AbortSignal }) {
  const endpointId = parseId("webhookEndpoint", payload.endpointId);
  if (endpointId === undefined) return;
  const scope = scopeOf(payload);
  // Minted by us and stored with the job, like the tenant's id.
  const lane = { endpointId, lane: payload.lane as WebhookLane };
  const begun = deps.now();
  for (;;) {
    if (signal.aborted || deps.now() - begun > TURN_MS) postpone(0);
    const at = new Date(deps.now());
    const until = new Date(at.getTime() + CLAIM_MS);
    const next = await deps.db.withTenant(scope, (tx) => claimDelivery(tx, { ...lane, at, until }));
    if (next.kind === "nothing") return;
    if (next.kind === "waits") postpone(next.until.getTime() - at.getTime());
    else await deliver(deps, scope.tenantId, lane, next.delivery, signal);
  }
}

function postpone(delayMs: number): never {
  throw new Postponed("the endpoint is tried again later", { delayMs, hasTurn: false });
}

async function deliver(
  deps: Deps,
  tenantId: TenantId,
  lane: DeliveryLane,
  delivery: ClaimedDelivery,
  signal: AbortSignal,
): Promise<void> {
  const { endpointId } = lane;
  const { eventId, tries, body, url } = delivery;
  const sentAt = new Date(deps.now());
  const secrets = await deps.db.withTenant({ tenantId }, (tx) => secretsOf(deps, tx, lane, delivery));
  const headers = signedHeaders({ id: eventId, at: sentAt, body }, secrets);
  const sent = await deps.webhooks.send({ url, headers, body }, signal);
  // A try that we cut short ourselves says nothing of the endpoint.
  if (sent.status === null && signal.aborted) postpone(CLAIM_MS);
  const at = new Date(deps.now());
  const { status, answer, error } = sent;
  const tried = { endpointId, eventId, tries, at, status, answer };
  await deps.db.withTenant({ tenantId }, async (tx) => {
    if (error === undefined) await noteDelivered(tx, tried);
    else if (lane.lane === endpointId) await noteUndelivered(tx, { ...tried, error, retryAt: undefined });
    else await failed(deps, tx, { ...tried, error, delivery });
  });
}

/** Newest first; two of them for a while after a change. */
async function secretsOf(
  deps: Deps,
  tx: TenantTx,
  { endpointId }: DeliveryLane,
  { previousUntil }: ClaimedDelivery,
): Promise<string[]> {
  const current = await deps.secrets.open(tx, `webhook:${endpointId}:current`);
  const overlaps = previousUntil !== null && previousUntil.getTime() > deps.now();
  const previous = overlaps ? await deps.secrets.open(tx, `webhook:${endpointId}:previous`) : undefined;
  return [current, previous].flatMap((secret) => (secret === undefined ? [] : [secret.reveal()]));
}

type Failed = Parameters<typeof noteDelivered>[1] & { error: string; delivery: ClaimedDelivery } & Pick<
    Sent,
    "status"
  >;

async function failed(deps: Deps, tx: TenantTx, tried: Failed): Promise<void> {
  const { delivery, at, status, error } = tried;
  const elapsedMs = at.getTime() - delivery.firstTriedAt.getTime();
  const spent = elapsedMs >= PATIENCE_MS;
  // It takes others: what ails it is this event, and those behind it shall not wait for ever.
  const takesOthers = delivery.lastDeliveredAt !== null && delivery.lastDeliveredAt > delivery.firstTriedAt;
  const retryAt = spent && takesOthers ? undefined : new Date(at.getTime() + waitOf(elapsedMs));
  const held = await noteUndelivered(tx, { ...tried, retryAt });
  if (!held) return;
  if (status === GONE) await disable(deps, tx, tried, "It answered 410: it is gone.");
  else if (spent && !takesOthers) {
    await disable(deps, tx, tried, `It took nothing for three days. At last: ${error}`);
  }
}

/** As long again as it has been tried: 1 s, 1 s, 2 s, 4 s … and never more than four hours; a tenth more or less. */
function waitOf(elapsedMs: number): number {
  const wait = Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, elapsedMs));
  return wait * (0.9 + Math.random() * 0.2);
}

/** Sends it nothing more, writes that down, and tells the tenant's other endpoints. What waits is kept. */
async function disable(deps: Deps, tx: TenantTx, { endpointId }: Failed, reason: string): Promise<void> {
  const endpoint = await findWebhookEndpoint(tx, endpointId, "no key update");
  if (endpoint?.state !== "enabled") return;
  await setWebhookEndpoint(tx, endpointId, { state: "disabled", disabledReason: reason });
  await appendAudit(tx, deps.mint, {
    actor: { kind: "system", id: "webhooks" },
    action: "webhook_endpoint.disabled",
    target: endpointId,
    detail: { reason },
  });
  const { tenantId } = tx.scope;
  const data = async () => ({ endpoint: { id: endpointId, origin: shownOf(endpoint.url), reason } });
  await oweWebhook(deps, tx, tenantId, { type: "webhook_endpoint.disabled", subject: tenantId, data });
  tx.afterCommit(() => deps.log.warn({ endpointId, reason }, "a webhook endpoint is disabled"));
}
