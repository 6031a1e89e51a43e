import type { NewApiKey, Permission } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction, useLoad } from "../load.ts";
import { Field, Trouble, typed } from "../parts.ts";
import type { Here } from "../session.ts";
import { sentence } from "../words.ts";
import { Choices } from "./choices.ts";

const DAYS = ["7", "30", "90", "365"];

/** Offers only what this person may do, because a key may do no more. */
export function NewKeyForm({ here, done }: { here: Here; done: (made: NewApiKey) => void }): ComponentChild {
  const { client, org } = here;
  const [name, setName] = useState("");
  const [role, setRole] = useState("viewer");
  const [days, setDays] = useState("90");
  const [scopes, setScopes] = useState<Permission[]>([]);
  const [limitedTo, setLimitedTo] = useState<string[]>([]);
  const listed = useLoad(org.id, () => client.listRepositories({ org: org.id, limit: 100 }));
  const found = listed.load.kind === "ready" ? listed.load.value.items : [];
  const repositories = new Map(
    found.map(({ id, owner, name: repository }) => [`${owner}/${repository}`, id]),
  );
  const action = useAction(async () => {
    const wanted = org.grants.find((grant) => grant === role) ?? "viewer";
    const body = {
      name,
      role: wanted,
      expiresInDays: Number(days),
      ...(scopes.length === 0 ? {} : { scopes }),
      ...(limitedTo.length === 0
        ? {}
        : { repositories: limitedTo.map((name) => repositories.get(name) ?? name) }),
    };
    done(await client.createApiKey({ org: org.id, body }));
  });
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(undefined);
  };
  return h(
    "form",
    { class: "card form", "data-permission": "api_key.write", "aria-label": "New API key", onSubmit: submit },
    h(NameRoleDays, { grants: org.grants, name, setName, role, setRole, days, setDays }),
    h(Choices<Permission>, {
      title: "Scopes",
      all: "all of the role",
      names: org.permissions,
      chosen: scopes,
      choose: setScopes,
    }),
    h(Choices<string>, {
      title: "Repositories",
      all: "all of the organisation",
      names: [...repositories.keys()],
      chosen: limitedTo,
      choose: setLimitedTo,
    }),
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

function NameRoleDays(input: {
  grants: Here["org"]["grants"];
  name: string;
  setName: (name: string) => void;
  role: string;
  setRole: (role: string) => void;
  days: string;
  setDays: (days: string) => void;
}): ComponentChild {
  const { grants, name, role, days } = input;
  return [
    h(
      Field,
      { label: "Name" },
      h("input", {
        value: name,
        required: true,
        maxLength: 100,
        placeholder: "e.g. nightly report",
        onInput: typed(input.setName),
      }),
    ),
    h(
      Field,
      { label: "Role" },
      h(
        "select",
        { value: role, onChange: typed(input.setRole) },
        ...grants.map((grant) => h("option", { value: grant }, sentence(grant))),
      ),
    ),
    h(
      Field,
      { label: "Ends after" },
      h(
        "select",
        { value: days, onChange: typed(input.setDays) },
        ...DAYS.map((value) => h("option", { value }, `${value} days`)),
      ),
    ),
  ];
}
