import type { Spend, Usage } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useLoad } from "../../load.ts";
import { Empty, Field, Head, show, Table } from "../../parts.ts";
import { type Route, refine } from "../../router.ts";
import type { Here } from "../../session.ts";
import { entryOf, money, STATES } from "../../words.ts";
import { groupOf, SPEND_GROUPS } from "../filters.ts";
import { Bars } from "./bars.ts";
import { OutcomesCard } from "./outcomes.ts";

const MONTHS = 12;
const MONTH = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

/** What was spent in a calendar month of UTC, as the ledger has it. */
export function UsagePage({ here, route }: { here: Here; route: Route }): ComponentChild {
  const { client, org } = here;
  const months = lastMonths(new Date());
  const month = months.find(({ key }) => key === route.search.get("month")) ?? months[0];
  const group = groupOf(route.search);
  const span = { org: org.id, from: month?.from ?? "", to: month?.to ?? "" };
  const totals = useLoad(`${month?.key}`, async () => {
    const [total, days] = await Promise.all([client.getUsage(span), client.getSpend({ ...span, by: "day" })]);
    return { total, days };
  });
  const parts = useLoad(`${month?.key} ${group}`, () => client.getSpend({ ...span, by: group, limit: 100 }));
  const set = (name: string) => (event: Event) => {
    if (!(event.currentTarget instanceof HTMLSelectElement)) return;
    const next = new URLSearchParams(route.search);
    next.set(name, event.currentTarget.value);
    refine(next);
  };
  return h(
    "div",
    null,
    h(
      Head,
      { title: "Usage", note: "Model calls, priced once and never changed." },
      h(
        Field,
        { label: "Month" },
        h(
          "select",
          { value: month?.key ?? "", onChange: set("month") },
          ...months.map(({ key, label }) => h("option", { value: key }, label)),
        ),
      ),
    ),
    show(totals, ({ total, days }) => [
      h(
        "dl",
        { class: "figures" },
        figure("Spent", money(total.microUsd)),
        figure("Tasks that cost something", String(total.tasks)),
        figure("Model calls", total.calls.toLocaleString("en-US")),
        figure(
          "Open tasks may still cost",
          money(Math.max(0, total.open.budgetMicroUsd - total.open.spentMicroUsd)),
        ),
        figure("Price list of", total.pricesOf),
      ),
      total.excused.calls > 0 && h(Excused, { excused: total.excused }),
      h(
        "section",
        { class: "card" },
        h("h2", null, "By day"),
        h(Bars, { label: `Spent by day in ${month?.label ?? ""}`, bars: barsOf(days, month?.from ?? "") }),
      ),
    ]),
    h(OutcomesCard, { here }),
    h(
      "section",
      { "aria-label": "Spent by group" },
      h(
        "div",
        { class: "narrow" },
        h(
          Field,
          { label: "By" },
          h(
            "select",
            { value: group, onChange: set("by") },
            ...Object.entries(SPEND_GROUPS).map(([value, label]) => h("option", { value }, label)),
          ),
        ),
        h(
          "a",
          {
            class: "button",
            href: `/v1/organizations/${encodeURIComponent(org.id)}/usage/spend/export?${new URLSearchParams({ by: group, from: span.from, to: span.to })}`,
            download: `spend-${org.login}-${month?.key}-by-${group}.csv`,
          },
          "CSV",
        ),
      ),
      show(parts, (spend) =>
        spend.items.length === 0
          ? h(
              Empty,
              { title: "Nothing was spent in this month" },
              "What model calls cost appears here as soon as a task has made one.",
            )
          : h(SpendTable, { spend, title: SPEND_GROUPS[group] }),
      ),
    ),
  );
}

function SpendTable({ spend, title }: { spend: Spend; title: string }): ComponentChild {
  type Item = Spend["items"][number];
  const sum = spend.items.reduce((all, { microUsd }) => all + microUsd, 0);
  return h(Table<Item>, {
    label: `Spent by ${title.toLowerCase()}`,
    rows: spend.items,
    keyOf: ({ key }) => key,
    columns: [
      { title, cell: ({ key, label }) => label || entryOf(STATES, key)?.label || key },
      { title: "Calls", number: true, cell: ({ calls }) => calls.toLocaleString("en-US") },
      {
        title: "Share",
        number: true,
        cell: ({ microUsd }) => `${Math.round((100 * microUsd) / Math.max(sum, 1))} %`,
      },
      { title: "Spent", number: true, cell: ({ microUsd }) => money(microUsd) },
      {
        title: "Not billed",
        number: true,
        cell: ({ excusedMicroUsd }) => (excusedMicroUsd === 0 ? "" : money(excusedMicroUsd)),
      },
    ],
  });
}

/** What failures that are not the customer's cost: spent, and not billed. */
function Excused({ excused }: { excused: Usage["excused"] }): ComponentChild {
  return h(
    "section",
    { class: "card" },
    h("h2", null, `Of that not billed: ${money(excused.microUsd)}`),
    h(
      "ul",
      null,
      ...excused.reasons.map(({ happened, microUsd, calls }) =>
        h("li", null, `${money(microUsd)} of ${calls.toLocaleString("en-US")} calls. ${happened}`),
      ),
    ),
  );
}

function figure(name: string, value: string): ComponentChild {
  return h("div", { class: "card" }, h("dt", null, name), h("dd", null, value));
}

function barsOf(days: Spend, from: string): { key: string; value: number }[] {
  const known = new Map(days.items.map(({ key, microUsd }) => [key, microUsd]));
  const start = new Date(from);
  const count = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), index + 1));
    const key = day.toISOString().slice(0, 10);
    return { key, value: known.get(key) ?? 0 };
  });
}

function lastMonths(now: Date): { key: string; label: string; from: string; to: string }[] {
  return Array.from({ length: MONTHS }, (_, back) => {
    const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1));
    const to = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back + 1, 1));
    return {
      key: from.toISOString().slice(0, 7),
      label: MONTH.format(from),
      from: from.toISOString(),
      to: to.toISOString(),
    };
  });
}
