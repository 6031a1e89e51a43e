import type { Runner } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useEffect } from "preact/hooks";
import { usePages } from "../load.ts";
import { Chip, Empty, Head, More, Out, show, Table, Time } from "../parts.ts";
import { addressOf } from "../router.ts";
import type { Here } from "../session.ts";
import { sentence } from "../words.ts";

const LOOK_MS = 5_000;

/** Runners come and go within minutes; the list is asked for anew while somebody looks at it. */
export function RunnersPage({ here }: { here: Here }): ComponentChild {
  const { client, org } = here;
  const pages = usePages(org.id, (cursor) =>
    client.listRunners({ org: org.id, ...(cursor === undefined ? {} : { cursor }) }),
  );
  const { again } = pages;
  useEffect(() => {
    const timer = setInterval(() => document.hidden || again(), LOOK_MS);
    return () => clearInterval(timer);
  }, [again]);
  return h(
    "div",
    null,
    h(Head, { title: "Runners", note: "Attempts at work or on their way, newest first." }),
    show(pages, ({ items }) =>
      items.length === 0
        ? h(
            Empty,
            { title: "No runner is at work" },
            "One starts when a task is planned or coded, and is gone when it is done.",
          )
        : h(Table<Runner>, {
            label: "Runners",
            rows: items,
            keyOf: ({ attemptId }) => attemptId,
            columns: [
              {
                title: "Task",
                cell: ({ taskId, repository, issueNumber }) =>
                  h(
                    "a",
                    { href: addressOf(org.login, "tasks", taskId) },
                    `${repository.owner}/${repository.name}#${issueNumber}`,
                  ),
              },
              { title: "Attempt", number: true, cell: ({ number }) => String(number) },
              { title: "Phase", cell: ({ phase }) => sentence(phase) },
              { title: "State", cell: (runner) => h(Standing, { runner }) },
              { title: "Since", cell: ({ createdAt }) => h(Time, { at: createdAt }) },
              {
                title: "Run",
                cell: ({ runUrl }) => (runUrl === null ? "not yet" : h(Out, { href: runUrl }, "Log")),
              },
            ],
          }),
    ),
    h(More, { pages }),
  );
}

function Standing({ runner }: { runner: Runner }): ComponentChild {
  if (runner.stopping) return h(Chip, { tone: "asks" }, "Stopping");
  return runner.state === "leased"
    ? h(Chip, { tone: "busy" }, "At work")
    : h(Chip, { tone: "idle" }, "On its way");
}
