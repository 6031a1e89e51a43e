import { type ExcusedSpend, SPEND_GROUPS, sumExcused, sumOpenBudgets, sumSpend, totalSpend } from "@aicd/db";
import { z } from "zod";
import { whole } from "../../http/page.ts";
import { Refusal } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { REASONS } from "../../thread/reasons.ts";
import { MicroUsd, OrgParams, Time, timeOf } from "../shapes/common.ts";
import { Reason } from "../shapes/tasks.ts";

const tag = "Usage";
const DAY_MS = 24 * 60 * 60_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;
const moment = z.iso.datetime({ offset: true });

const SpanQuery = {
  from: moment.optional().describe(`${DEFAULT_DAYS} days before \`to\` when left out.`),
  to: moment.optional().describe("Not included; now when left out."),
};

const UsageTotal = z
  .object({
    from: Time,
    to: Time,
    microUsd: MicroUsd,
    pricesOf: z.iso.date().describe("The day of the price list that calls are priced by now."),
    calls: z.int().nonnegative().describe("Model calls that were priced."),
    tasks: z.int().nonnegative().describe("Tasks that cost something."),
    excused: z
      .object({
        microUsd: MicroUsd,
        calls: z.int().nonnegative(),
        reasons: z.array(
          z.object({
            reason: Reason,
            happened: z.string().describe("The reason in words."),
            microUsd: MicroUsd,
            calls: z.int().nonnegative(),
          }),
        ),
      })
      .describe(
        "What of it is not billed, because of how its attempt ended. It counts as spent, in budgets too. The dearest reason comes first.",
      ),
    open: z
      .object({ tasks: z.int().nonnegative(), budgetMicroUsd: MicroUsd, spentMicroUsd: MicroUsd })
      .describe("Tasks that are not over now: their budgets, and what is spent of them."),
  })
  .meta({ id: "Usage" });

const SpendView = z
  .object({
    from: Time,
    to: Time,
    by: z.enum(SPEND_GROUPS),
    items: z.array(
      z.object({
        key: z.string().describe("Day as YYYY-MM-DD (UTC), repository id, provider/model, or task id."),
        label: z.string().describe("The key in words people know; empty when there are none."),
        microUsd: MicroUsd,
        excusedMicroUsd: MicroUsd.describe("What of it is not billed; `getUsage` says why."),
        calls: z.int().nonnegative(),
      }),
    ),
  })
  .meta({ id: "Spend" });

export const usageRoutes = [
  route(
    {
      id: "getUsage",
      tag,
      method: "GET",
      path: "/v1/organizations/{org}/usage",
      summary: "What was spent in a span of time, and what open tasks may still cost",
      permission: "usage.read",
      params: OrgParams,
      query: z.strictObject(SpanQuery),
      answers: { 200: UsageTotal },
      untagged: true,
    },
    async (deps, { scope, query }) => {
      const { from, to } = spanOf(query, deps.now());
      const found = await deps.db.withTenant(scope, async (tx) => ({
        ...(await totalSpend(tx, { from, to })),
        excused: excusedOf(await sumExcused(tx, { from, to })),
        open: await sumOpenBudgets(tx),
      }));
      return { body: { from: timeOf(from), to: timeOf(to), pricesOf: deps.prices.listedOn, ...found } };
    },
  ),
  route(
    {
      id: "getSpend",
      tag,
      method: "GET",
      path: "/v1/organizations/{org}/usage/spend",
      summary: "What was spent, by day, repository, model or task",
      description: "Days come in order, everything else with the dearest first. Sums are exact integers.",
      permission: "usage.read",
      params: OrgParams,
      query: z.strictObject({
        ...SpanQuery,
        by: z.enum(SPEND_GROUPS),
        limit: whole(1, 1_000).optional().describe("Rows; 400 when left out."),
      }),
      answers: { 200: SpendView },
      untagged: true,
    },
    async (deps, { scope, query }) => {
      const { from, to } = spanOf(query, deps.now());
      const { by, limit = 400 } = query;
      const items = await deps.db.withTenant(scope, (tx) => sumSpend(tx, { by, from, to, limit }));
      return { body: { from: timeOf(from), to: timeOf(to), by, items } };
    },
  ),
];

function excusedOf(rows: ExcusedSpend[]): z.infer<typeof UsageTotal>["excused"] {
  return {
    microUsd: rows.reduce((sum, { microUsd }) => sum + microUsd, 0),
    calls: rows.reduce((sum, { calls }) => sum + calls, 0),
    reasons: rows.map((row) => ({ ...row, happened: REASONS[row.reason].happened })),
  };
}

function spanOf(
  query: { from?: string | undefined; to?: string | undefined },
  now: number,
): { from: Date; to: Date } {
  const to = new Date(query.to ?? now);
  const from =
    query.from === undefined ? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS) : new Date(query.from);
  if (from < to && to.getTime() - from.getTime() <= MAX_DAYS * DAY_MS) return { from, to };
  const detail = `\`from\` must lie before \`to\`, and the span may have ${MAX_DAYS} days.`;
  throw new Refusal("invalid", detail, { errors: [{ in: "query", pointer: "/from", detail }] });
}
