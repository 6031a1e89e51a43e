import { Readable } from "node:stream";
import {
  type ExcusedSpend,
  SPEND_GROUPS,
  sumExcused,
  sumOpenBudgets,
  sumOutcomes,
  sumSpend,
  totalSpend,
} from "@aicd/db";
import { z } from "zod";
import { whole } from "../../http/page.ts";
import { route } from "../../http/route.ts";
import { REASONS } from "../../thread/reasons.ts";
import { MicroUsd, OrgParams, Time, timeOf } from "../shapes/common.ts";
import { OutcomesView, ratesOf } from "../shapes/outcomes.ts";
import { SpanQuery, spanOf } from "../shapes/span.ts";
import { Reason } from "../shapes/tasks.ts";
import { spendCsv } from "../spend-csv.ts";

const tag = "Usage";

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

const KEY =
  "Day as YYYY-MM-DD (UTC), repository id, GitHub's id of the person who asked, provider/model, the task's state now, or task id. Empty: what you may not see.";

const SpendView = z
  .object({
    from: Time,
    to: Time,
    by: z.enum(SPEND_GROUPS),
    items: z.array(
      z.object({
        key: z.string().describe(KEY),
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
      summary: "What was spent, by day, repository, person, model, outcome or task",
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
  route(
    {
      id: "exportSpend",
      tag,
      method: "GET",
      path: "/v1/organizations/{org}/usage/spend/export",
      summary: "What was spent, by day, repository, person, model, outcome or task, as CSV",
      description:
        "All rows of `getSpend`, for a spreadsheet: dollars with all six places they have. A text that a spreadsheet would take for a formula has an apostrophe before it.",
      permission: "usage.read",
      params: OrgParams,
      query: z.strictObject({ ...SpanQuery, by: z.enum(SPEND_GROUPS) }),
      answers: { 200: z.string() },
      media: "text/csv",
      file: "aicd-spend.csv",
    },
    async (deps, { scope, query }) => {
      const { from, to } = spanOf(query, deps.now());
      const rows = await deps.db.withTenant(scope, (tx) => sumSpend(tx, { by: query.by, from, to }));
      return Readable.from([spendCsv(query.by, rows)]);
    },
  ),
  route(
    {
      id: "getOutcomes",
      tag,
      method: "GET",
      path: "/v1/organizations/{org}/usage/outcomes",
      summary: "What became of the tasks of a span of time, and how long the way to a pull request was",
      permission: "usage.read",
      params: OrgParams,
      query: z.strictObject(SpanQuery),
      answers: { 200: OutcomesView },
      untagged: true,
    },
    async (deps, { scope, query }) => {
      const { from, to } = spanOf(query, deps.now());
      const sums = await deps.db.withTenant(scope, (tx) => sumOutcomes(tx, { from, to }));
      return { body: { from: timeOf(from), to: timeOf(to), ...ratesOf(sums) } };
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
