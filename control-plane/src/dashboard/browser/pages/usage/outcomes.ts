import type { Outcomes } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useLoad } from "../../load.ts";
import { Empty, show, Table } from "../../parts.ts";
import type { Here } from "../../session.ts";
import { count, lasted } from "../../words.ts";

type Row = { name: string; value: string; of: string };

/** What became of the tasks of the last 30 days, whatever month is looked at. */
export function OutcomesCard({ here: { client, org } }: { here: Here }): ComponentChild {
  const outcomes = useLoad(`outcomes ${org.id}`, () => client.getOutcomes({ org: org.id }));
  return h(
    "section",
    { class: "card", "aria-labelledby": "outcomes" },
    h("h2", { id: "outcomes" }, "How work ended in the last 30 days"),
    show(outcomes, (found) =>
      found.tasks === 0
        ? h(
            Empty,
            { title: "No task was asked for in the last 30 days" },
            "How many got a pull request, how many were merged and how long it took appears here.",
          )
        : h(Table<Row>, {
            label: "How work ended in the last 30 days",
            rows: rowsOf(found),
            keyOf: ({ name }) => name,
            columns: [
              { title: "Measure", cell: ({ name }) => name },
              { title: "Value", number: true, cell: ({ value }) => value },
              { title: "Of what", cell: ({ of }) => of },
            ],
          }),
    ),
  );
}

function rowsOf(found: Outcomes): Row[] {
  const { tasks, pullRequests, failed, cancelled, merged, closed, toPullRequestS } = found;
  const first = `From the wish to the first pull request, with the waiting for people; ${count(pullRequests, "pull request")}`;
  return [
    {
      name: "Success",
      value: percent(found.successRate),
      of: `${pullRequests} got a pull request, ${failed} failed; of ${count(tasks, "task")}, ${cancelled} cancelled`,
    },
    {
      name: "Merged",
      value: percent(found.mergeRate),
      of: `${merged} merged, ${closed} closed without a merge`,
    },
    { name: "Time to pull request, median", value: time(toPullRequestS?.median), of: first },
    {
      name: "Time to pull request, 90 %",
      value: time(toPullRequestS?.p90),
      of: "Nine of ten took no longer",
    },
  ];
}

/** Nothing to be a share of is no 0 %. */
function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(100 * share)} %`;
}

function time(seconds: number | undefined): string {
  return seconds === undefined ? "–" : lasted(1_000 * seconds);
}
