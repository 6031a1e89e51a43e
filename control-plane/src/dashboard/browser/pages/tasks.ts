import type { Repository, TaskChanges, TaskSummary } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useLive } from "../live.ts";
import { type Page, type Pages, useLoad, usePages } from "../load.ts";
import { Badge, Empty, Field, Head, More, show, Time } from "../parts.ts";
import { addressOf, type Route, refine } from "../router.ts";
import type { Here } from "../session.ts";
import { money, STATES } from "../words.ts";
import { type Filters, filtersOf, STATE_GROUPS } from "./filters.ts";
import { TaskPage } from "./task/task.ts";

export function TasksPage({ here, route }: { here: Here; route: Route }): ComponentChild {
  if (route.id !== undefined) return h(TaskPage, { key: route.id, here, id: route.id });
  return h(TaskOverview, { here, route });
}

function TaskOverview({ here, route }: { here: Here; route: Route }): ComponentChild {
  const { client, org } = here;
  const filters = filtersOf(route.search);
  const pages = usePages(JSON.stringify(filters), (cursor) =>
    client.listTasks({ org: org.id, ...filters, ...(cursor === undefined ? {} : { cursor }) }),
  );
  useLive<TaskChanges>(
    org.id,
    (signal) => client.streamTasks({ org: org.id }, { signal }),
    ({ missed, tasks }) => {
      const { load } = pages;
      if (missed) pages.again();
      else if (load.kind === "ready") pages.set(merge(load.value, tasks, filters));
    },
  );
  return h(
    "div",
    null,
    h(Head, { title: "Tasks", note: "One issue being worked on, from the label to the pull request." }),
    h(FilterBar, { here, search: route.search }),
    h(TaskList, { here, pages, filtered: Object.keys(filters).length > 0 }),
  );
}

function TaskList(input: { here: Here; pages: Pages<TaskSummary>; filtered: boolean }): ComponentChild {
  const { here, pages, filtered } = input;
  return h(
    "section",
    { "aria-label": "Tasks" },
    show(pages, ({ items }) =>
      items.length === 0
        ? filtered
          ? h(Empty, { title: "No task fits these filters" }, "Take one of them away.")
          : h(
              Empty,
              { title: "No task yet" },
              "Label an issue ",
              h("code", null, "aicd"),
              " in a repository where the App is installed, or comment ",
              h("code", null, "/aicd"),
              " on it. It appears here within seconds.",
            )
        : h(
            "ul",
            { class: "rows" },
            items.map((task) => h(Row, { key: task.id, here, task })),
          ),
    ),
    h(More, { pages }),
  );
}

function Row({ here, task }: { here: Here; task: TaskSummary }): ComponentChild {
  const { repository, issueNumber } = task;
  return h(
    "li",
    null,
    h(
      "a",
      { class: "row", href: addressOf(here.org.login, "tasks", task.id) },
      h("span", { class: "row-state" }, h(Badge, { state: task.state })),
      h(
        "span",
        { class: "row-main" },
        h("strong", null, task.issueTitle || `Issue ${issueNumber}`),
        h(
          "span",
          { class: "quiet" },
          `${repository.owner}/${repository.name}#${issueNumber} · ${task.requestedBy.login} · `,
          h(Time, { at: task.createdAt }),
        ),
      ),
      h(
        "span",
        { class: "row-end", title: `Budget ${money(task.budgetMicroUsd)}` },
        money(task.spentMicroUsd),
      ),
    ),
  );
}

function FilterBar({ here, search }: { here: Here; search: URLSearchParams }): ComponentChild {
  const { client, org } = here;
  const repositories = useLoad(org.id, () => client.listRepositories({ org: org.id, limit: 100 }));
  const found: Repository[] = repositories.load.kind === "ready" ? repositories.load.value.items : [];
  const set = (name: string) => (event: Event) => {
    const field = event.currentTarget;
    if (!(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) return;
    const next = new URLSearchParams(search);
    if (field.value === "") next.delete(name);
    else next.set(name, field.value);
    refine(next);
  };
  const chosen = (name: string) => search.get(name) ?? "";
  return h(
    "form",
    {
      class: "filters",
      role: "search",
      "aria-label": "Filter tasks",
      onSubmit: (event: Event) => event.preventDefault(),
    },
    h(
      Field,
      { label: "State" },
      h(
        "select",
        { value: chosen("state"), onChange: set("state") },
        h("option", { value: "" }, "All"),
        ...Object.keys(STATE_GROUPS).map((name) => h("option", { value: name }, name)),
        h(
          "optgroup",
          { label: "One state" },
          ...Object.entries(STATES).map(([state, { label }]) => h("option", { value: state }, label)),
        ),
      ),
    ),
    h(
      Field,
      { label: "Repository" },
      h(
        "select",
        { value: chosen("repository"), onChange: set("repository") },
        h("option", { value: "" }, "All"),
        ...found.map(({ id, owner, name }) => h("option", { value: id }, `${owner}/${name}`)),
      ),
    ),
    h(
      Field,
      { label: "Author" },
      h("input", {
        type: "search",
        value: chosen("author"),
        placeholder: "GitHub login",
        onChange: set("author"),
        autoComplete: "off",
        spellcheck: false,
      }),
    ),
  );
}

/** The list as it is now, in its order. What lies behind its last page is not there yet, so it stays away. */
function merge(page: Page<TaskSummary>, changed: TaskSummary[], filters: Filters): Page<TaskSummary> {
  const known = new Map(page.items.map((task) => [task.id, task]));
  const last = page.items.at(-1)?.id ?? "";
  for (const task of changed) {
    const within = page.next === null || task.id > last;
    if (fits(task, filters) && (known.has(task.id) || within)) known.set(task.id, task);
    else known.delete(task.id);
  }
  const items = [...known.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  return { items, next: page.next };
}

function fits(task: TaskSummary, { state, repository, author }: Filters): boolean {
  if (state !== undefined && !state.includes(task.state)) return false;
  if (repository !== undefined && task.repository.id !== repository) return false;
  return author === undefined || task.requestedBy.login.toLowerCase() === author.toLowerCase();
}
