import type { TaskSummary } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { Badge, Time } from "../../parts.ts";
import { addressOf } from "../../router.ts";
import type { Here } from "../../session.ts";
import { money } from "../../words.ts";

export function Rows({ here, tasks }: { here: Here; tasks: readonly TaskSummary[] }): ComponentChild {
  return h(
    "ul",
    { class: "rows" },
    tasks.map((task) => h(Row, { key: task.id, here, task })),
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
