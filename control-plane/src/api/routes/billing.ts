import type { AuditAction } from "@aicd/core";
import { type EntitlementRow, refreshEntitlement, sumMerged } from "@aicd/db";
import { z } from "zod";
import type { BillingDeps } from "../../billing/billing.ts";
import { openCheckout, openPortal, setOverage } from "../../billing/checkout.ts";
import { listInvoices } from "../../billing/invoices.ts";
import { syncStripe } from "../../billing/sync-stripe.ts";
import type { Deps } from "../../deps.ts";
import { commit } from "../../http/commit.ts";
import { Refusal } from "../../http/problems/problems.ts";
import { type Answer, type Call, route } from "../../http/route.ts";
import { audit } from "../audited.ts";
import { MicroUsd, OrgParams, Time, timeOf } from "../shapes/common.ts";

const tag = "Billing";
const path = "/v1/organizations/{org}/billing";

const BillingView = z
  .object({
    plan: z.string().describe("A name from `plans`."),
    seller: z.enum(["none", "stripe", "marketplace"]).describe("Who sold it; `none`: the free plan."),
    state: z
      .enum(["active", "grace", "stopped"])
      .describe("`grace`: a payment failed, work goes on for now. `stopped`: nothing new begins."),
    seats: z.int().positive(),
    overage: z
      .boolean()
      .describe("Whether usage beyond what is included is billed, instead of stopping work."),
    includedMicroUsd: MicroUsd,
    usedMicroUsd: z.int().describe("Billable in this period; can be a little below zero after a correction."),
    periodStart: Time,
    periodEnd: Time,
    graceUntil: Time.nullable(),
    plans: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        monthlyUsd: z.number(),
        perSeat: z.boolean(),
        includedUsd: z.number(),
        overage: z.boolean(),
      }),
    ),
    invoices: z.array(
      z.object({
        number: z.string().nullable(),
        status: z.string(),
        totalCents: z.int(),
        createdAt: Time,
        url: z.string().nullable(),
      }),
    ),
    merged: z
      .object({ pullRequests: z.int().nonnegative(), microUsd: MicroUsd })
      .describe("Merged pull requests of the last 30 days, and what all tasks of those days cost."),
  })
  .meta({ id: "Billing" });

const PageView = z
  .object({
    url: z.string().nullable().describe("A page of Stripe's, good for a short time and shown once."),
  })
  .meta({ id: "BillingPage" });

export const billingRoutes = [
  route(
    {
      id: "getBilling",
      tag,
      method: "GET",
      path,
      summary: "The plan, what is used of it, and invoices",
      permission: "billing.read",
      params: OrgParams,
      answers: { 200: BillingView },
      untagged: true,
    },
    async (deps, { scope }) => {
      const selling = sellingOf(deps);
      const found = await deps.db.withTenant(scope, async (tx) => ({
        entitlement: await refreshEntitlement(tx, selling.billing.plans, deps.now()),
        merged: await sumMerged(tx, new Date(deps.now() - 30 * 86_400_000)),
      }));
      const invoices = await listInvoices(selling, scope);
      return {
        body: { ...viewOf(found.entitlement), plans: plansOf(selling), invoices, merged: found.merged },
      };
    },
  ),
  route(
    {
      id: "openCheckout",
      tag,
      method: "POST",
      path: `${path}/checkout`,
      summary: "Open a page on which a plan is bought",
      permission: "billing.write",
      params: OrgParams,
      body: z.strictObject({ plan: z.string().min(1).max(40), seats: z.int().min(1).max(10_000).default(1) }),
      answers: { 200: PageView },
      once: ["url"],
      problems: ["conflict"],
    },
    async (deps, call) => {
      const { scope, body } = call;
      const url = await openCheckout(sellingOf(deps), scope, { ...body, returnUrl: `${deps.publicUrl}/` });
      return written(deps, call, { action: "billing.checkout_opened", detail: body }, { url });
    },
  ),
  route(
    {
      id: "openCustomerPortal",
      tag,
      method: "POST",
      path: `${path}/portal`,
      summary: "Open a page on which the plan and the card are changed and invoices are read",
      permission: "billing.write",
      params: OrgParams,
      answers: { 200: PageView },
      once: ["url"],
    },
    async (deps, call) => {
      const url = await openPortal(sellingOf(deps), call.scope, `${deps.publicUrl}/`);
      return written(deps, call, { action: "billing.portal_opened", detail: {} }, { url });
    },
  ),
  route(
    {
      id: "setOverage",
      tag,
      method: "PUT",
      path: `${path}/overage`,
      summary: "Have usage beyond the plan billed, or stop there",
      permission: "billing.write",
      params: OrgParams,
      body: z.strictObject({ overage: z.boolean() }),
      answers: { 200: z.object({ overage: z.boolean() }).meta({ id: "Overage" }) },
      problems: ["conflict"],
    },
    async (deps, call) => {
      const { scope, body } = call;
      const selling = sellingOf(deps);
      await setOverage(selling, scope, body.overage ? "on" : "off");
      await syncStripe(selling, scope);
      return written(deps, call, { action: "billing.overage_set", detail: body }, body);
    },
  ),
];

/** What was done at Stripe, written down, with the answer that repetitions get. */
function written<A>(
  deps: Deps,
  call: Call,
  { action, detail }: { action: AuditAction; detail: Record<string, unknown> },
  body: A,
): Promise<Answer<A>> {
  return commit(deps, call, async (tx) => {
    await audit(deps, tx, call, { action, target: call.scope.tenantId, detail });
    return { body };
  });
}

/** @throws Refusal `missing` where nothing is sold */
function sellingOf({ billing, ...deps }: Deps): Deps & BillingDeps {
  if (billing === undefined)
    throw new Refusal("missing", "This server sells nothing: no plan limits this organization.");
  return { ...deps, billing };
}

function viewOf({ tenantId: _, updatedAt: __, ...row }: EntitlementRow) {
  return {
    ...row,
    periodStart: timeOf(row.periodStart),
    periodEnd: timeOf(row.periodEnd),
    graceUntil: row.graceUntil === null ? null : timeOf(row.graceUntil),
  };
}

function plansOf({ billing }: BillingDeps) {
  return [...billing.plans].map(([name, { title, monthlyUsd, perSeat, includedUsd, overage }]) => ({
    name,
    title,
    monthlyUsd,
    perSeat,
    includedUsd,
    overage,
  }));
}
