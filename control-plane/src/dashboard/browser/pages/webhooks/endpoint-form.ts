import type { WebhookEndpoint, WebhookEventType } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction, useLoad } from "../../load.ts";
import { Field, Trouble, typed } from "../../parts.ts";
import type { Here } from "../../session.ts";
import { Choices } from "../choices.ts";
import { CHOICES } from "./types.ts";

/** What a person sets of an endpoint. */
export type EndpointWish = {
  url: string;
  description: string;
  types: WebhookEventType[];
  repositories: string[] | null;
};

/** Where events are to go, and which; no choice means all. */
export function EndpointForm(input: {
  here: Here;
  title: string;
  button: string;
  /** What is there to be changed. */
  known?: WebhookEndpoint;
  send: (wish: EndpointWish) => Promise<void>;
  back?: () => void;
}): ComponentChild {
  const { known, title, back } = input;
  const { client, org } = input.here;
  const [url, setUrl] = useState(known?.url ?? "");
  const [description, setDescription] = useState(known?.description ?? "");
  const [types, setTypes] = useState((known?.types ?? []) as WebhookEventType[]);
  const [of, setOf] = useState(known?.repositories ?? []);
  const listed = useLoad(org.id, () => client.listRepositories({ org: org.id, limit: 100 }));
  const found = listed.load.kind === "ready" ? listed.load.value.items : [];
  const ids = new Map(found.map(({ id, owner, name }) => [`${owner}/${name}`, id]));
  // One that is not in the list goes by its id, and is not lost when something else is changed.
  const names = new Map(found.map(({ id, owner, name }) => [id, `${owner}/${name}`]));
  const chosen = of.map((id) => names.get(id) ?? id);
  const action = useAction(() =>
    input.send({ url, description, types, repositories: of.length === 0 ? null : of }),
  );
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(undefined);
  };
  return h(
    "form",
    {
      class: "card form",
      "data-permission": "webhook.write",
      "aria-label": title,
      onSubmit: submit,
    },
    h(
      Field,
      { label: "Address" },
      h("input", {
        type: "url",
        value: url,
        required: true,
        maxLength: 2048,
        placeholder: "https://",
        onInput: typed(setUrl),
        autoComplete: "off",
      }),
    ),
    h(
      Field,
      { label: "What it is for" },
      h("input", { value: description, maxLength: 200, onInput: typed(setDescription) }),
    ),
    h(Choices<WebhookEventType>, {
      ...{ title: "Events", all: "all, also what comes later", names: CHOICES },
      ...{ chosen: types, choose: setTypes },
    }),
    h(Choices<string>, {
      ...{
        title: "Repositories",
        all: "all of the organisation",
        names: [...new Set([...ids.keys(), ...chosen])],
      },
      ...{ chosen, choose: (picked: string[]) => setOf(picked.map((name) => ids.get(name) ?? name)) },
    }),
    h(Trouble, { error: action.error }),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "submit", class: "primary", disabled: action.busy }, input.button),
      back !== undefined && h("button", { type: "button", onClick: back }, "Back"),
    ),
  );
}
