import type { NewWebhookEndpoint, WebhookEventType } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction, useLoad } from "../../load.ts";
import { Field, Trouble, typed } from "../../parts.ts";
import type { Here } from "../../session.ts";
import { Choices } from "../choices.ts";
import { CHOICES } from "./types.ts";

/** Where events are to go, and which; no choice means all. */
export function NewEndpointForm(input: {
  here: Here;
  done: (made: NewWebhookEndpoint) => void;
}): ComponentChild {
  const { client, org } = input.here;
  const [url, setUrl] = useState("");
  const [description, setDescription] = useState("");
  const [types, setTypes] = useState<WebhookEventType[]>([]);
  const [of, setOf] = useState<string[]>([]);
  const listed = useLoad(org.id, () => client.listRepositories({ org: org.id, limit: 100 }));
  const found = listed.load.kind === "ready" ? listed.load.value.items : [];
  const ids = new Map(found.map(({ id, owner, name }) => [`${owner}/${name}`, id]));
  const action = useAction(async () => {
    const repositories = of.length === 0 ? null : of.map((name) => ids.get(name) ?? name);
    input.done(
      await client.createWebhookEndpoint({ org: org.id, body: { url, description, types, repositories } }),
    );
  });
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(undefined);
  };
  return h(
    "form",
    {
      class: "card form",
      "data-permission": "webhook.write",
      "aria-label": "New endpoint",
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
      ...{ title: "Repositories", all: "all of the organisation", names: [...ids.keys()] },
      ...{ chosen: of, choose: setOf },
    }),
    h(Trouble, { error: action.error }),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "submit", class: "primary", disabled: action.busy }, "Add endpoint"),
    ),
  );
}
