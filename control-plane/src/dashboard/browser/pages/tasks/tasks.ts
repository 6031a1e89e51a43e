import type { TaskChanges, TaskSummary } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useLive } from "../../live.ts";
import { type Page, usePages } from "../../load.ts";
import { Empty, Head, More, show } from "../../parts.ts";
import type { Route } from "../../router.ts";
import type { Here } from "../../session.ts";
import { type Filters, filtersOf } from "../filters.ts";
import { TaskPage } from "../task/task.ts";
import { FilterBar } from "./filter-bar.ts";
import { merge } from "./merge.ts";
import { Rows } from "./rows.ts";
import { byNeed, waitingFor } from "./waiting.ts";

export function TasksPage({ here, route }: { here: Here; route: Route }): ComponentChild {
  if (route.id !== undefined) return h(TaskPage, { key: route.id, here, id: route.id });
  return h(TaskOverview, { here, route });
}

/** Unfiltered, what waits for the reader comes first; the rest is the list as it came. */
function TaskOverview({ here, route }: { here: Here; route: Route }): ComponentChild {
  const { org } = here;
  const filters = filtersOf(route.search);
  const filtered = Object.keys(filters).length > 0;
  const pages = useTasks(here, filters);
  const mine = waitingFor(here);
  const waiting = useTasks(here, mine);
  useLive<TaskChanges>(
    org.id,
    (signal) => here.client.streamTasks({ org: org.id }, { signal }),
    (changes) => {
      pages.hear(changes);
      waiting.hear(changes);
    },
  );
  const first = !filtered && waiting.load.kind === "ready" ? byNeed(here, waiting.load.value.items) : [];
  return h(
    "div",
    null,
    h(Head, { title: "Tasks", note: "One issue being worked on, from the label to the pull request." }),
    h(FilterBar, { here, search: route.search }),
    first.length > 0 && [
      h("h2", null, "Waiting for you"),
      h(
        "section",
        { "aria-label": "Waiting for you" },
        h(Rows, { here, tasks: first }),
        h(More, { pages: waiting }),
      ),
      h("h2", null, "All others"),
    ],
    h(
      "section",
      { "aria-label": "Tasks" },
      show(pages, ({ items }) => h(Rest, { here, items, first, filtered })),
      h(More, { pages }),
    ),
  );
}

function useTasks(here: Here, filters: Filters) {
  const { client, org } = here;
  const pages = usePages(JSON.stringify(filters), (cursor) =>
    client.listTasks({ org: org.id, ...filters, ...(cursor === undefined ? {} : { cursor }) }),
  );
  const hear = ({ missed, tasks }: TaskChanges) => {
    const { load } = pages;
    if (missed) pages.again();
    else if (load.kind === "ready") pages.set(merge(load.value, tasks, filters));
  };
  return { ...pages, hear };
}

function Rest(input: {
  here: Here;
  items: Page<TaskSummary>["items"];
  first: readonly TaskSummary[];
  filtered: boolean;
}): ComponentChild {
  const { here, items, first, filtered } = input;
  const above = new Set(first.map(({ id }) => id));
  const rest = items.filter(({ id }) => !above.has(id));
  if (rest.length > 0) return h(Rows, { here, tasks: rest });
  if (filtered) return h(Empty, { title: "No task fits these filters" }, "Take one of them away.");
  if (first.length > 0) return h("p", { class: "quiet" }, "Nothing else here.");
  return h(
    Empty,
    { title: "No task yet" },
    "Label an issue ",
    h("code", null, "aicd"),
    " in a repository where the App is installed, or comment ",
    h("code", null, "/aicd"),
    " on it. It appears here within seconds.",
  );
}
