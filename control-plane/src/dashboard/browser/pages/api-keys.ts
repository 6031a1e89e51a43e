import type { ApiKey, NewApiKey } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { useAction, usePages } from "../load.ts";
import { Chip, Empty, Head, More, show, Table, Time, Trouble } from "../parts.ts";
import { say } from "../say.ts";
import type { Here } from "../session.ts";
import { count, sentence } from "../words.ts";
import { NewKeyForm } from "./new-key.ts";
import { ShownOnce } from "./shown-once.ts";

type Asked = { verb: "rotate" | "revoke"; key: ApiKey };

export function ApiKeysPage({ here }: { here: Here }): ComponentChild {
  const { client, org } = here;
  const pages = usePages(org.id, (cursor) =>
    client.listApiKeys({ org: org.id, ...(cursor === undefined ? {} : { cursor }) }),
  );
  const [made, setMade] = useState<NewApiKey>();
  const [asked, setAsked] = useState<Asked>();
  const mayWrite = here.may("api_key.write");
  const present = (key: NewApiKey) => {
    setMade(key);
    pages.again();
  };
  const act = useAction(async ({ verb, key }: Asked) => {
    const at = { org: org.id, key: key.id };
    if (verb === "rotate") present(await client.rotateApiKey(at));
    else {
      await client.revokeApiKey(at);
      say(`${key.name} is revoked.`);
      pages.again();
    }
    setAsked(undefined);
  });
  return h(
    "div",
    null,
    h(Head, { title: "API keys", note: "For programs. A key may do no more than who made it may now." }),
    made !== undefined &&
      h(ShownOnce, {
        ...{ what: "key", name: made.name, secret: made.secret, close: () => setMade(undefined) },
        note: "It is not shown again. We keep only a hash of it.",
      }),
    mayWrite && made === undefined && h(NewKeyForm, { here, done: present }),
    h(Trouble, { error: act.error }),
    asked !== undefined &&
      h(Confirm, { asked, busy: act.busy, yes: () => act.run(asked), no: () => setAsked(undefined) }),
    h(
      "section",
      { "aria-label": "Keys" },
      show(pages, ({ items }) =>
        items.length === 0
          ? h(Empty, { title: "No key yet" }, "Make one to let a script or a CI job use the API.")
          : h(Table<ApiKey>, {
              label: "API keys",
              rows: items,
              keyOf: ({ id }) => id,
              columns: columnsFor(mayWrite, setAsked),
            }),
      ),
    ),
    h(More, { pages }),
  );
}

function columnsFor(mayWrite: boolean, ask: (asked: Asked) => void) {
  const columns = [
    {
      title: "Name",
      cell: ({ name, hint }: ApiKey) => [h("strong", null, name), " ", h("code", null, hint)],
    },
    {
      title: "Role",
      cell: ({ role, scopes, repositories }: ApiKey) =>
        h(
          "span",
          { title: scopes.join(", ") },
          `${sentence(role)}, ${count(scopes.length, "scope")}${repositories === null ? "" : `, ${repositories.length} of the repositories`}`,
        ),
    },
    { title: "Made by", cell: ({ createdBy }: ApiKey) => createdBy.login },
    {
      title: "Last used",
      cell: ({ lastUsedAt }: ApiKey) => (lastUsedAt === null ? "never" : h(Time, { at: lastUsedAt })),
    },
    { title: "Ends", cell: (key: ApiKey) => h(End, { apiKey: key }) },
  ];
  if (!mayWrite) return columns;
  const buttons = (key: ApiKey) =>
    isOver(key)
      ? ""
      : h(
          "div",
          { class: "actions", "data-permission": "api_key.write" },
          h(
            "button",
            {
              type: "button",
              "aria-label": `Rotate ${key.name}`,
              onClick: () => ask({ verb: "rotate", key }),
            },
            "Rotate",
          ),
          h(
            "button",
            {
              type: "button",
              class: "danger",
              "aria-label": `Revoke ${key.name}`,
              onClick: () => ask({ verb: "revoke", key }),
            },
            "Revoke",
          ),
        );
  return [...columns, { title: "Change", cell: buttons }];
}

function isOver({ revokedAt, expiresAt }: ApiKey): boolean {
  return revokedAt !== null || new Date(expiresAt).getTime() <= Date.now();
}

function End({ apiKey }: { apiKey: ApiKey }): ComponentChild {
  if (apiKey.revokedAt !== null) return h(Chip, { tone: "idle" }, "Revoked");
  return isOver(apiKey) ? h(Chip, { tone: "idle" }, "Expired") : h(Time, { at: apiKey.expiresAt });
}

function Confirm(input: { asked: Asked; busy: boolean; yes: () => void; no: () => void }): ComponentChild {
  const { asked, busy, yes, no } = input;
  const text =
    asked.verb === "revoke"
      ? `${asked.key.name} stops working at once. Programs that use it are refused.`
      : `A new key follows ${asked.key.name}. The old one works on for a day, so that nothing stops.`;
  return h(
    "section",
    { class: "notice", role: "alertdialog", "aria-label": `${sentence(asked.verb)} ${asked.key.name}` },
    h("p", null, text),
    h(
      "div",
      { class: "actions" },
      h(
        "button",
        {
          type: "button",
          class: asked.verb === "revoke" ? "danger" : "primary",
          disabled: busy,
          onClick: yes,
        },
        asked.verb === "revoke" ? "Revoke it" : "Make the new key",
      ),
      h("button", { type: "button", onClick: no }, "Back"),
    ),
  );
}
