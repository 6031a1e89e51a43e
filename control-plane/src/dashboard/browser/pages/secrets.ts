import type { Secret, SecretName } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction, useLoad } from "../load.ts";
import { Chip, Field, Head, show, Time, Trouble } from "../parts.ts";
import { say } from "../say.ts";
import type { Here } from "../session.ts";

const KNOWN = {
  ANTHROPIC_API_KEY:
    "Model calls to Anthropic are made, and billed, with this key instead of the operator's.",
  OPENAI_API_KEY: "Model calls to OpenAI are made, and billed, with this key instead of the operator's.",
} as const satisfies Record<SecretName, string>;

export function SecretsPage({ here }: { here: Here }): ComponentChild {
  const { client, org } = here;
  const loaded = useLoad(org.id, () => client.listSecrets({ org: org.id }));
  return h(
    "div",
    null,
    h(Head, {
      title: "Secrets",
      note: "Write-only: they are encrypted, used by the model gateway, and never shown to anybody again.",
    }),
    show(loaded, ({ items }) =>
      (Object.keys(KNOWN) as SecretName[]).map((name) =>
        h(SecretCard, {
          key: name,
          here,
          name,
          known: items.find((secret) => secret.name === name),
          again: loaded.again,
        }),
      ),
    ),
  );
}

type Input = { here: Here; name: SecretName; known: Secret | undefined; again: () => void };

function SecretCard({ here, name, known, again }: Input): ComponentChild {
  const { client, org } = here;
  const [value, setValue] = useState("");
  const [sure, setSure] = useState(false);
  const put = useAction(async () => {
    await client.putSecret({ org: org.id, name, body: { value } });
    setValue("");
    say(known === undefined ? `${name} is set.` : `${name} is replaced.`);
    again();
  });
  const remove = useAction(async () => {
    await client.deleteSecret({ org: org.id, name });
    setSure(false);
    say(`${name} is removed.`);
    again();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    put.run(undefined);
  };
  const typed = (event: Event) => {
    if (event.currentTarget instanceof HTMLInputElement) setValue(event.currentTarget.value);
  };
  return h(
    "section",
    { class: "card" },
    h(
      "div",
      { class: "split" },
      h("h2", null, h("code", null, name)),
      known === undefined ? h(Chip, { tone: "idle" }, "Not set") : h(Chip, { tone: "good" }, "Set"),
    ),
    h("p", { class: "quiet" }, KNOWN[name]),
    known !== undefined &&
      h(
        "p",
        null,
        h("code", null, `…${known.hint}`),
        ` by ${known.updatedBy.login}, `,
        h(Time, { at: known.updatedAt }),
      ),
    here.may("secret.write") &&
      h(
        "form",
        { class: "form", "data-permission": "secret.write", onSubmit: submit },
        h(
          Field,
          { label: known === undefined ? "Value" : "New value" },
          h("input", {
            type: "password",
            autoComplete: "off",
            value,
            required: true,
            minLength: 8,
            maxLength: 4096,
            onInput: typed,
            "aria-label": `Value of ${name}`,
          }),
        ),
        h(Trouble, { error: put.error ?? remove.error }),
        h(
          "div",
          { class: "actions" },
          h(
            "button",
            { type: "submit", class: "primary", disabled: put.busy },
            known === undefined ? "Set" : "Replace",
          ),
          known !== undefined &&
            !sure &&
            h("button", { type: "button", class: "danger", onClick: () => setSure(true) }, "Remove …"),
          sure &&
            h(
              "button",
              {
                type: "button",
                class: "danger",
                disabled: remove.busy,
                onClick: () => remove.run(undefined),
              },
              `Remove ${name}`,
            ),
          sure && h("button", { type: "button", onClick: () => setSure(false) }, "Back"),
        ),
      ),
  );
}
