import type { OrganizationSettings } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction, useLoad } from "../load.ts";
import { Chip, Field, Head, show, Trouble, typed } from "../parts.ts";
import { say } from "../say.ts";
import type { Here } from "../session.ts";

const VENDORS = [
  "anthropic",
  "openai",
  "openai-compatible",
] as const satisfies OrganizationSettings["provider"][];

/** What holds for all repositories of the organisation. */
export function SettingsPage({ here }: { here: Here }): ComponentChild {
  const { client, org } = here;
  const loaded = useLoad(org.id, () => client.getOrganizationSettings({ org: org.id }));
  return h(
    "div",
    null,
    h(Head, { title: "Settings", note: `What holds for all repositories of ${org.login}.` }),
    show(loaded, (settings) => [
      h(Pause, { here, settings, done: loaded.set }),
      h(Defaults, { here, settings, done: loaded.set }),
      h(Walls, { here, settings, done: loaded.set }),
    ]),
  );
}

type Input = { here: Here; settings: OrganizationSettings; done: (next: OrganizationSettings) => void };

function Pause({ here, settings, done }: Input): ComponentChild {
  const { paused } = settings;
  const [sure, setSure] = useState(false);
  const action = useAction(async () => {
    done(await here.client.updateOrganizationSettings({ org: here.org.id, body: { paused: !paused } }));
    setSure(false);
    say(paused ? "Work goes on." : "Paused. What runs is ended within a minute.");
  });
  return h(
    "section",
    { class: "card" },
    h(
      "div",
      { class: "split" },
      h("h2", null, "Work"),
      paused ? h(Chip, { tone: "asks" }, "Paused") : h(Chip, { tone: "good" }, "On"),
    ),
    h(
      "p",
      null,
      paused
        ? "Nothing new begins. Waiting plans and open pull requests stay as they are."
        : "A pause begins nothing new and ends what runs within a minute. Waiting plans and open pull requests stay.",
    ),
    h(Trouble, { error: action.error }),
    here.may("organization.write") &&
      h(
        "div",
        { class: "actions", "data-permission": "organization.write" },
        paused &&
          h(
            "button",
            { type: "button", class: "primary", disabled: action.busy, onClick: () => action.run(undefined) },
            "Go on",
          ),
        !paused &&
          !sure &&
          h("button", { type: "button", class: "danger", onClick: () => setSure(true) }, "Pause …"),
        sure &&
          !paused &&
          h(
            "button",
            { type: "button", class: "danger", disabled: action.busy, onClick: () => action.run(undefined) },
            "Pause the organisation",
          ),
        sure && !paused && h("button", { type: "button", onClick: () => setSure(false) }, "Back"),
      ),
  );
}

function Defaults({ here, settings, done }: Input): ComponentChild {
  const [budget, setBudget] = useState(
    settings.monthlyBudgetMicroUsd === null ? "" : String(settings.monthlyBudgetMicroUsd / 1e6),
  );
  const [provider, setProvider] = useState<string>(settings.provider ?? "");
  const [model, setModel] = useState(settings.model ?? "");
  const mayWrite = here.may("organization.write");
  const action = useAction(async () => {
    const body = {
      monthlyBudgetMicroUsd: budget === "" ? null : Math.round(Number(budget) * 1e6),
      provider: VENDORS.find((name) => name === provider) ?? null,
      model: model.trim() === "" ? null : model.trim(),
    };
    done(await here.client.updateOrganizationSettings({ org: here.org.id, body }));
    say("Saved.");
  });
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(undefined);
  };
  const disabled = !mayWrite;
  return h(
    "section",
    { class: "card" },
    h("h2", null, "Budget and model"),
    h(
      "form",
      { class: "form", onSubmit: submit },
      h(
        Field,
        {
          label: "Budget of a month, in dollars",
          hint: "Of all tasks together, from the first on (UTC). Empty: no such limit.",
        },
        h("input", {
          type: "number",
          min: "0",
          step: "any",
          value: budget,
          disabled,
          onInput: typed(setBudget),
        }),
      ),
      h(
        Field,
        { label: "Vendor", hint: "Where a repository's own file names none." },
        h(
          "select",
          { value: provider, disabled, onChange: typed(setProvider) },
          h("option", { value: "" }, "The operator's"),
          ...VENDORS.map((name) => h("option", { value: name }, name)),
        ),
      ),
      h(
        Field,
        { label: "Model", hint: "Of that vendor, where the file names none." },
        h("input", {
          value: model,
          maxLength: 200,
          disabled,
          onInput: typed(setModel),
          autoComplete: "off",
          spellcheck: false,
        }),
      ),
      h(Trouble, { error: action.error }),
      mayWrite &&
        h(
          "div",
          { class: "actions", "data-permission": "organization.write" },
          h("button", { type: "submit", class: "primary", disabled: action.busy }, "Save"),
        ),
    ),
  );
}

/** The opt-out of the sandbox: said plainly, asked twice, and on the audit log. */
function Walls({ here, settings, done }: Input): ComponentChild {
  const open = settings.weakestSandbox === "process";
  const [sure, setSure] = useState(false);
  const action = useAction(async () => {
    const body = { weakestSandbox: open ? "bwrap" : "process" } as const;
    done(await here.client.updateOrganizationSettings({ org: here.org.id, body }));
    setSure(false);
    say(open ? "The sandbox is demanded again." : "Runs go on without a sandbox where a runner has none.");
  });
  const button = (label: string, kind: string, onClick: () => void) =>
    h("button", { type: "button", class: kind, disabled: action.busy, onClick }, label);
  return h(
    "section",
    { class: "card" },
    h(
      "div",
      { class: "split" },
      h("h2", null, "Sandbox"),
      open ? h(Chip, { tone: "asks" }, "Not demanded") : h(Chip, { tone: "good" }, "Demanded"),
    ),
    h(
      "p",
      null,
      open
        ? "Where a runner has no bubblewrap, commands of the agent run as the runner's own user: whoever steers the agent can read what that user can."
        : "Commands of the agent run shut in by bubblewrap, or not at all. The workflow that runs them installs it.",
    ),
    h(Trouble, { error: action.error }),
    here.may("organization.write") &&
      h(
        "div",
        { class: "actions", "data-permission": "organization.write" },
        open && button("Demand the sandbox", "primary", () => action.run(undefined)),
        !open && !sure && button("Allow runs without …", "danger", () => setSure(true)),
        !open && sure && button("Allow runs without a sandbox", "danger", () => action.run(undefined)),
        !open && sure && button("Back", "", () => setSure(false)),
      ),
  );
}
