import type { Plan, Task } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction } from "../../load.ts";
import { Field, Trouble } from "../../parts.ts";
import { say } from "../../say.ts";
import type { Here } from "../../session.ts";
import { money } from "../../words.ts";

type Verb = Task["actions"][number];
type Input = { here: Here; task: Task; plan: Plan | undefined; done: () => void };

/** What may be done now: the state allows it, and so does the role. Both are the API's word. */
export function TaskActions(input: Input): ComponentChild {
  const { here, task } = input;
  const [open, setOpen] = useState<Verb>();
  const { hash, overrides } = approvable(input);
  const offered = task.actions.filter((verb) => verb !== "approve" || hash !== undefined);
  const permitted = here.may("task.write") ? offered : [];
  const shown = permitted.filter((verb) => verb !== "approve" || !overrides || here.may("policy.override"));
  if (shown.length === 0) return null;
  const close = () => setOpen(undefined);
  return h(
    "section",
    { "aria-label": "Actions", "data-permission": "task.write" },
    h(
      "div",
      { class: "actions" },
      ...shown.map((verb) =>
        h(
          "button",
          {
            key: verb,
            type: "button",
            class: verb === "approve" ? "primary" : verb === "cancel" ? "danger" : "",
            "aria-expanded": open === verb,
            ...(verb === "approve" && overrides ? { "data-permission": "policy.override" } : {}),
            onClick: () => setOpen(open === verb ? undefined : verb),
          },
          labelOf(verb, task, overrides),
        ),
      ),
    ),
    open !== undefined &&
      shown.includes(open) &&
      h(Form, { ...input, key: open, verb: open, hash: hash ?? "", close }),
  );
}

/** In BLOCKED it is the change that is approved, past the policy. */
function approvable({ task, plan }: Input): { hash: string | undefined; overrides: boolean } {
  const overrides = task.state === "BLOCKED";
  const hash = task.approvableHash ?? undefined;
  // Nobody approves a text that is not on the screen.
  const read = overrides || plan?.hash === hash;
  return { hash: read ? hash : undefined, overrides };
}

function labelOf(verb: Verb, task: Task, overrides: boolean): string {
  if (verb === "approve") return overrides ? "Publish anyway …" : "Approve plan …";
  if (verb === "revise") return task.state === "NEEDS_INPUT" ? "Answer …" : "Revise …";
  return verb === "cancel" ? "Cancel task …" : "Retry …";
}

function Form(input: Input & { verb: Verb; hash: string; close: () => void }): ComponentChild {
  const { here, task, plan, verb, hash, done, close } = input;
  const [text, setText] = useState("");
  const [budget, setBudget] = useState("");
  const [partial, setPartial] = useState(false);
  const at = { org: here.org.id, task: task.id };
  const action = useAction(async () => {
    if (verb === "approve") await here.client.approvePlan({ ...at, body: { hash } });
    if (verb === "revise") await here.client.reviseTask({ ...at, body: { text } });
    if (verb === "cancel") await here.client.cancelTask({ ...at, body: text === "" ? {} : { reason: text } });
    if (verb === "retry" && partial) await here.client.retryTask({ ...at, body: { partial } });
    if (verb === "retry" && !partial) {
      const budgetUsd = budget === "" ? {} : { budgetUsd: Number(budget) };
      await here.client.retryTask({ ...at, body: { ...(text === "" ? {} : { text }), ...budgetUsd } });
    }
    say(partial ? "What there is goes out as a draft." : DONE[verb]);
    done();
    close();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(undefined);
  };
  const write = (event: Event) => {
    if (event.currentTarget instanceof HTMLTextAreaElement) setText(event.currentTarget.value);
  };
  const price = (event: Event) => {
    if (event.currentTarget instanceof HTMLInputElement) setBudget(event.currentTarget.value);
  };
  const words = TEXTS[verb];
  return h(
    "form",
    { class: "card form action-form", onSubmit: submit },
    verb === "approve" &&
      h(
        "p",
        { class: "wide" },
        task.state === "BLOCKED"
          ? "This very change is published, against the policy and under your name: "
          : "Work starts on this very plan: ",
        h("code", null, hash),
        plan === undefined ? "" : `, with a hard stop at ${money(plan.budgetMicroUsd)}.`,
      ),
    words !== undefined &&
      h(
        "div",
        { class: "wide" },
        h(
          Field,
          { label: words.label, hint: words.hint },
          h("textarea", { value: text, onInput: write, required: words.required, maxLength: words.most }),
        ),
      ),
    verb === "retry" &&
      h(
        Field,
        { label: "More budget, in dollars", hint: "On top of what is spent. Empty: as it was." },
        h("input", { type: "number", min: "0.01", max: "1000", step: "any", value: budget, onInput: price }),
      ),
    verb === "retry" &&
      task.state === "FAILED" &&
      task.hasWork &&
      h(
        "label",
        { class: "check wide" },
        h("input", { type: "checkbox", checked: partial, onChange: () => setPartial(!partial) }),
        "Publish what there is as a draft, unfinished as it is: no other run, no more cost",
      ),
    h(Trouble, { error: action.error }),
    h(
      "div",
      { class: "actions" },
      h(
        "button",
        { type: "submit", class: verb === "cancel" ? "danger" : "primary", disabled: action.busy },
        action.busy ? "Sending …" : CONFIRM[verb],
      ),
      h("button", { type: "button", onClick: close }, "Back"),
    ),
  );
}

const CONFIRM = { approve: "Approve", revise: "Send", cancel: "Stop the task", retry: "Try again" } as const;
const DONE = {
  approve: "Approved. The work is queued.",
  revise: "Sent. The work is queued.",
  cancel: "The task is cancelled.",
  retry: "It is tried again.",
} as const;
const TEXTS: Partial<Record<Verb, { label: string; hint: string; required: boolean; most: number }>> = {
  revise: {
    label: "What is to change, or the answer",
    hint: "The planner reads it as yours.",
    required: true,
    most: 20_000,
  },
  cancel: { label: "Reason", hint: "Shown on the issue. May be empty.", required: false, most: 500 },
  retry: { label: "Guidance", hint: "What to do differently. May be empty.", required: false, most: 20_000 },
};
