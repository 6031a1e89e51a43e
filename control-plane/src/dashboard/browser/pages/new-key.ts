import type { NewApiKey, Permission } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction } from "../load.ts";
import { Field, Trouble } from "../parts.ts";
import type { Here } from "../session.ts";
import { sentence } from "../words.ts";

const DAYS = ["7", "30", "90", "365"];

/** Offers only what this person may do, because a key may do no more. */
export function NewKeyForm({ here, done }: { here: Here; done: (made: NewApiKey) => void }): ComponentChild {
  const { client, org } = here;
  const [name, setName] = useState("");
  const [role, setRole] = useState("viewer");
  const [days, setDays] = useState("90");
  const [scopes, setScopes] = useState<Permission[]>([]);
  const action = useAction(async () => {
    const wanted = org.grants.find((grant) => grant === role) ?? "viewer";
    const body = {
      name,
      role: wanted,
      expiresInDays: Number(days),
      ...(scopes.length === 0 ? {} : { scopes }),
    };
    done(await client.createApiKey({ org: org.id, body }));
  });
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(undefined);
  };
  const typed = (set: (value: string) => void) => (event: Event) => {
    const field = event.currentTarget;
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) set(field.value);
  };
  const toggle = (scope: Permission) =>
    setScopes(scopes.includes(scope) ? scopes.filter((known) => known !== scope) : [...scopes, scope]);
  return h(
    "form",
    { class: "card form", "data-permission": "api_key.write", "aria-label": "New API key", onSubmit: submit },
    h(
      Field,
      { label: "Name" },
      h("input", {
        value: name,
        required: true,
        maxLength: 100,
        placeholder: "e.g. nightly report",
        onInput: typed(setName),
      }),
    ),
    h(
      Field,
      { label: "Role" },
      h(
        "select",
        { value: role, onChange: typed(setRole) },
        ...org.grants.map((grant) => h("option", { value: grant }, sentence(grant))),
      ),
    ),
    h(
      Field,
      { label: "Ends after" },
      h(
        "select",
        { value: days, onChange: typed(setDays) },
        ...DAYS.map((value) => h("option", { value }, `${value} days`)),
      ),
    ),
    h(
      "details",
      { class: "wide" },
      h("summary", null, scopes.length === 0 ? "Scopes: all of the role" : `Scopes: ${scopes.length} chosen`),
      h(
        "div",
        { class: "scopes" },
        ...org.permissions.map((scope) =>
          h(
            "label",
            { class: "check" },
            h("input", { type: "checkbox", checked: scopes.includes(scope), onChange: () => toggle(scope) }),
            h("code", null, scope),
          ),
        ),
      ),
    ),
    h(Trouble, { error: action.error }),
    h(
      "div",
      { class: "actions" },
      h(
        "button",
        { type: "submit", class: "primary", disabled: action.busy },
        action.busy ? "Making …" : "Make key",
      ),
    ),
  );
}
