import { each, type Plan, type Task } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLoad } from "../../../load.ts";
import { Failure, prose, Time } from "../../../parts.ts";
import type { Here } from "../../../session.ts";
import { count } from "../../../words.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { PlanCard } from "./plan-card.ts";

/** The plan on the table, what it changed, and the versions before it. */
export function Plans({
  here,
  task,
  plan,
  reads,
}: {
  here: Here;
  task: Task;
  plan: Plan;
  /** Told which version is on the screen: no other may be approved. */
  reads: (plan: Plan) => void;
}): ComponentChild {
  const [picked, pick] = useState<string>();
  const at = { org: here.org.id, task: task.id };
  // Read anew for each plan that comes to lie on the table, and when it is approved or void.
  const { load, again } = useLoad(`${plan.hash} ${plan.state}`, () =>
    Array.fromAsync(each((page) => here.client.listPlans({ ...at, limit: 100, ...page }))),
  );
  const all = load.kind === "ready" ? load.value : [plan];
  // The answer for the page is the newer one.
  const versions = [plan, ...all.slice(1)];
  const index = Math.max(
    0,
    versions.findIndex((one) => nameOf(one) === picked),
  );
  const shown = versions[index] ?? plan;
  const before = versions[index + 1];
  useEffect(() => reads(shown), [nameOf(shown)]);
  if (load.kind === "failed") return [h(PlanCard, { plan }), h(Failure, { error: load.error, again })];
  return h(
    PlanCard,
    { plan: shown },
    versions.length > 1 && h(Versions, { versions, shown, pick }),
    before !== undefined && h(Changed, { before, after: shown, number: versions.length - index - 1 }),
  );
}

/** Two versions may be word for word the same and have the same hash. */
function nameOf({ hash, createdAt }: Plan): string {
  return `${hash} ${createdAt}`;
}

function Versions(input: { versions: Plan[]; shown: Plan; pick: (name: string) => void }): ComponentChild {
  const { versions, shown, pick } = input;
  const change = (event: Event) => {
    if (event.currentTarget instanceof HTMLSelectElement) pick(event.currentTarget.value);
  };
  return h(
    "p",
    { class: "versions" },
    h(
      "select",
      { "aria-label": "Version of the plan", value: nameOf(shown), onChange: change },
      ...versions.map((one, index) =>
        h("option", { value: nameOf(one) }, optionOf(one, versions.length - index)),
      ),
    ),
    h("span", { class: "quiet" }, " proposed ", h(Time, { at: shown.createdAt })),
  );
}

function optionOf({ hash, state, approvedBy }: Plan, number: number): string {
  const standing = approvedBy === null ? state : `${state}, approved by ${approvedBy.login}`;
  return `Version ${number}, ${hash}: ${standing}`;
}

function Changed({ before, after, number }: { before: Plan; after: Plan; number: number }): ComponentChild {
  const differences = differencesOf(before.plan, after.plan);
  const budget = before.budgetMicroUsd !== after.budgetMicroUsd || before.baseSha !== after.baseSha;
  return h(
    "details",
    { class: "changed", open: true },
    h("summary", null, `${count(differences.length, "change")} since version ${number}`),
    differences.length === 0
      ? h(
          "p",
          { class: "quiet" },
          budget
            ? "The words are the same; what it starts from, or its budget, is not."
            : "The words are the same; what they were made from may not be.",
        )
      : h("dl", null, ...differences.flatMap(told)),
  );
}

function told({ where, isPath, before, after }: Difference): ComponentChild[] {
  return [
    h("dt", null, isPath ? h("code", null, where) : where),
    h(
      "dd",
      null,
      before !== undefined && h("del", { class: "text" }, prose(before)),
      after !== undefined && h("ins", { class: "text" }, prose(after)),
    ),
  ];
}
