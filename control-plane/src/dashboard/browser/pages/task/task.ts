import { ApiError, type Plan, type Task } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLoad } from "../../load.ts";
import { Badge, Out, show, Time } from "../../parts.ts";
import { addressOf } from "../../router.ts";
import { say } from "../../say.ts";
import type { Here } from "../../session.ts";
import { money, STATES } from "../../words.ts";
import { Change } from "./change/change.ts";
import { Plans } from "./plan/plans.ts";
import { StateLine } from "./state-line.ts";
import { TaskActions } from "./task-actions.ts";
import { Timeline } from "./timeline/timeline.ts";

type Detail = { task: Task; plan: Plan | undefined };

export function TaskPage({ here, id }: { here: Here; id: string }): ComponentChild {
  const { client, org } = here;
  const at = { org: org.id, task: id };
  const loaded = useLoad(id, async (): Promise<Detail> => {
    const [task, plan] = await Promise.all([client.getTask(at), client.getPlan(at).catch(noPlan)]);
    return { task, plan };
  });
  const [read, setRead] = useState<Plan>();
  const state = loaded.load.kind === "ready" ? loaded.load.value.task.state : undefined;
  useSpoken(state);
  return h(
    "div",
    null,
    h("p", { class: "quiet" }, h("a", { href: addressOf(org.login, "tasks") }, "← Tasks")),
    show(loaded, ({ task, plan }) => [
      h(TaskHead, { task }),
      h(StateLine, { task }),
      h(Situation, { task }),
      h(TaskActions, { here, task, plan: read ?? plan, done: loaded.again }),
      h(
        "div",
        { class: "columns" },
        h("div", null, plan !== undefined && h(Plans, { here, task, plan, reads: setRead })),
        h("aside", { "aria-label": "Facts" }, h(Facts, { task })),
      ),
      h(Change, { here, task, plan }),
      h(Timeline, { here, task, moved: loaded.again }),
    ]),
  );
}

/** That there is no plan yet is an answer. */
function noPlan(error: unknown): undefined {
  if (error instanceof ApiError && error.problem.status === 404) return undefined;
  throw error;
}

function useSpoken(state: Task["state"] | undefined): void {
  const last = useRef(state);
  useEffect(() => {
    if (state !== undefined && last.current !== undefined && state !== last.current) {
      say(`The task is now: ${STATES[state].label}`);
    }
    last.current = state;
  }, [state]);
}

function TaskHead({ task }: { task: Task }): ComponentChild {
  const { repository, issueNumber, issueUrl, issueTitle, requestedBy } = task;
  return h(
    "header",
    { class: "head" },
    h(
      "div",
      null,
      h("h1", null, issueTitle || `Issue ${issueNumber}`),
      h(
        "p",
        { class: "quiet" },
        h(Out, { href: issueUrl }, `${repository.owner}/${repository.name}#${issueNumber}`),
        ` · asked for by ${requestedBy.login} · `,
        h(Time, { at: task.createdAt }),
      ),
    ),
    h(Badge, { state: task.state }),
  );
}

/** What keeps it where it is, and what would help. */
function Situation({ task }: { task: Task }): ComponentChild {
  const { state, explanation, detail, progress } = task;
  if (explanation !== null) {
    return h(
      "div",
      { class: "failure" },
      h("strong", null, explanation.happened),
      h("p", null, explanation.next.replaceAll("`", "")),
      detail !== null && h("pre", { class: "text" }, detail),
    );
  }
  const asks = {
    AWAITING_APPROVAL: "Nothing is written before you approve the plan.",
    NEEDS_INPUT: "A question is on the issue. Answer it there, or here with “Answer”.",
    BLOCKED:
      "The policy stopped the change. An owner or admin may publish this very change, or have it tried again.",
  } as const;
  const text = state in asks ? asks[state as keyof typeof asks] : (progress ?? detail);
  if (text === null) return null;
  return h("p", { class: state in asks ? "notice" : "quiet" }, text);
}

function Facts({ task }: { task: Task }): ComponentChild {
  const { budgetMicroUsd: budget, spentMicroUsd: spent, pullRequest, attempts, branch } = task;
  const run = attempts.find(({ runUrl }) => runUrl !== null)?.runUrl ?? undefined;
  const rows: [string, ComponentChild][] = [
    ["Issue", h(Out, { href: task.issueUrl }, `#${task.issueNumber}`)],
    [
      "Pull request",
      pullRequest === null ? "none yet" : h(Out, { href: pullRequest.url }, `#${pullRequest.number}`),
    ],
    ["Workflow run", run === undefined ? "none yet" : h(Out, { href: run }, "Log")],
    ["Branch", branch === null ? "none yet" : h("code", null, branch)],
    ["Attempts", String(attempts.length)],
    ["Approval", task.mode === "wait" ? "A person approves" : "Automatic where policy allows"],
  ];
  return h(
    "div",
    { class: "card" },
    h("h2", null, "Cost"),
    h(
      "p",
      { class: "cost" },
      h("strong", null, money(spent)),
      h("span", { class: "quiet" }, ` of ${money(budget)}`),
    ),
    h("meter", {
      min: 0,
      max: Math.max(budget, 1),
      high: budget * 0.8,
      value: spent,
      "aria-label": "Spent of the budget",
    }),
    h("dl", null, ...rows.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)])),
  );
}
