import type { Repository, RepositorySettings } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction, useLoad, usePages } from "../load.ts";
import { Chip, Empty, Field, Head, More, Out, show, Table, Trouble } from "../parts.ts";
import { addressOf, type Route } from "../router.ts";
import { say } from "../say.ts";
import type { Here } from "../session.ts";
import { sentence } from "../words.ts";
import { IndexCard } from "./index-card.ts";

export function RepositoriesPage({ here, route }: { here: Here; route: Route }): ComponentChild {
  if (route.id !== undefined) return h(RepositoryPage, { key: route.id, here, id: route.id });
  return h(RepositoryList, { here });
}

function RepositoryList({ here }: { here: Here }): ComponentChild {
  const { client, org } = here;
  const pages = usePages(org.id, (cursor) =>
    client.listRepositories({ org: org.id, ...(cursor === undefined ? {} : { cursor }) }),
  );
  const columns = [
    {
      title: "Repository",
      cell: ({ id, owner, name }: Repository) =>
        h("a", { href: addressOf(org.login, "repositories", id) }, `${owner}/${name}`),
    },
    { title: "Work", cell: (repository: Repository) => h(Standing, { repository }) },
    { title: "Index", cell: ({ index }: Repository) => sentence(index.state) },
    { title: "On GitHub", cell: ({ url }: Repository) => h(Out, { href: url }, "Open") },
  ];
  return h(
    "div",
    null,
    h(Head, { title: "Repositories", note: "Where the GitHub App is installed." }),
    show(pages, ({ items }) =>
      items.length === 0
        ? h(
            Empty,
            { title: "No repository yet" },
            "Give the GitHub App access to one on GitHub. It appears here by itself.",
          )
        : h(Table<Repository>, { label: "Repositories", rows: items, columns, keyOf: ({ id }) => id }),
    ),
    h(More, { pages }),
  );
}

function Standing({ repository }: { repository: Repository }): ComponentChild {
  if (!repository.reachable) return h(Chip, { tone: "bad" }, "App not installed");
  return repository.enabled ? h(Chip, { tone: "good" }, "On") : h(Chip, { tone: "idle" }, "Off");
}

function RepositoryPage({ here, id }: { here: Here; id: string }): ComponentChild {
  const { client, org } = here;
  const at = { org: org.id, repository: id };
  const loaded = useLoad(id, async () => {
    const [repository, settings] = await Promise.all([
      client.getRepository(at),
      client.getRepositorySettings(at),
    ]);
    return { repository, settings };
  });
  return h(
    "div",
    null,
    h("p", { class: "quiet" }, h("a", { href: addressOf(org.login, "repositories") }, "← Repositories")),
    show(loaded, ({ repository, settings }) => [
      h(
        Head,
        { title: `${repository.owner}/${repository.name}`, note: "The organisation's switch and limits." },
        h(Standing, { repository }),
      ),
      !repository.reachable &&
        h(
          "p",
          { class: "notice" },
          "The GitHub App is suspended here or not installed on it. Nothing is begun until it is.",
        ),
      h(Switch, { here, repository, done: (next) => loaded.set({ repository: next, settings }) }),
      h(IndexCard, {
        here,
        repository,
        done: (next) => loaded.set({ repository: next, settings }),
        again: loaded.again,
      }),
      h(Limits, { here, repository, settings, done: (next) => loaded.set({ repository, settings: next }) }),
    ]),
  );
}

function Switch(input: {
  here: Here;
  repository: Repository;
  done: (next: Repository) => void;
}): ComponentChild {
  const { here, repository, done } = input;
  const { id, enabled } = repository;
  const action = useAction(async () => {
    done(
      await here.client.updateRepository({ org: here.org.id, repository: id, body: { enabled: !enabled } }),
    );
    say(enabled ? "Switched off. What runs may finish." : "Switched on.");
  });
  return h(
    "section",
    { class: "card" },
    h("h2", null, "Work"),
    h(
      "p",
      null,
      enabled ? "On: a label or a command starts work." : "Off: nothing new is begun. What runs may finish.",
    ),
    h(Trouble, { error: action.error }),
    here.may("repository.write") &&
      h(
        "button",
        {
          type: "button",
          "data-permission": "repository.write",
          disabled: action.busy,
          onClick: () => action.run(undefined),
        },
        enabled ? "Switch off" : "Switch on",
      ),
  );
}

type LimitsInput = {
  here: Here;
  repository: Repository;
  settings: RepositorySettings;
  done: (next: RepositorySettings) => void;
};

/** The stricter of these and the repository's own file counts. */
function Limits({ here, repository, settings, done }: LimitsInput): ComponentChild {
  const [approval, setApproval] = useState(settings.approval === "required");
  const [budget, setBudget] = useState(settings.maxBudgetUsd?.toString() ?? "");
  const [rounds, setRounds] = useState(settings.maxReviewRounds?.toString() ?? "");
  const mayWrite = here.may("repository.write");
  const action = useAction(async () => {
    const body: RepositorySettings = {
      ...(approval ? { approval: "required" as const } : {}),
      ...(budget === "" ? {} : { maxBudgetUsd: Number(budget) }),
      ...(rounds === "" ? {} : { maxReviewRounds: Number(rounds) }),
    };
    done(await here.client.putRepositorySettings({ org: here.org.id, repository: repository.id, body }));
    say("Saved.");
  });
  const typed = (set: (value: string) => void) => (event: Event) => {
    if (event.currentTarget instanceof HTMLInputElement) set(event.currentTarget.value);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(undefined);
  };
  return h(
    "section",
    { class: "card" },
    h("h2", null, "Limits"),
    h(
      "p",
      { class: "quiet" },
      "Over the repository's own ",
      h("code", null, ".github/aicd.yml"),
      "; the stricter of the two counts. Empty: no limit from here.",
    ),
    h(
      "form",
      { class: "form", onSubmit: submit },
      h(
        "label",
        { class: "check wide" },
        h("input", {
          type: "checkbox",
          checked: approval,
          disabled: !mayWrite,
          onChange: () => setApproval(!approval),
        }),
        "A person approves every plan",
      ),
      h(
        Field,
        { label: "Budget of a task, in dollars" },
        h("input", {
          type: "number",
          min: "0.01",
          max: "1000",
          step: "any",
          value: budget,
          disabled: !mayWrite,
          onInput: typed(setBudget),
        }),
      ),
      h(
        Field,
        { label: "Rounds with the critic" },
        h("input", {
          type: "number",
          min: "0",
          max: "10",
          step: "1",
          value: rounds,
          disabled: !mayWrite,
          onInput: typed(setRounds),
        }),
      ),
      h(Trouble, { error: action.error }),
      mayWrite &&
        h(
          "div",
          { class: "actions", "data-permission": "repository.write" },
          h("button", { type: "submit", class: "primary", disabled: action.busy }, "Save limits"),
        ),
    ),
  );
}
