import type { OrganizationSettings } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction, useLoad } from "../load.ts";
import { Chip, Field, Head, show, Trouble } from "../parts.ts";
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
  const typed = (set: (value: string) => void) => (event: Event) => {
    const field = event.currentTarget;
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) set(field.value);
  };
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
