import type { AuditEntry } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { usePages } from "../load.ts";
import { Chip, Empty, Field, Head, More, show, Table, typed } from "../parts.ts";
import { addressOf, type Route, refine } from "../router.ts";
import type { Here } from "../session.ts";
import { moment } from "../words.ts";

/** Who did what, and who was refused, newest first; the whole chain with its hashes as a file. */
export function AuditLogPage({ here, route }: { here: Here; route: Route }): ComponentChild {
  const { client, org } = here;
  const action = route.search.get("action") ?? "";
  const filter = action === "" ? {} : { action };
  const pages = usePages(action, (cursor) =>
    client.listAuditLog({ org: org.id, limit: 50, ...filter, ...(cursor === undefined ? {} : { cursor }) }),
  );
  return h(
    "div",
    null,
    h(Title, { here }),
    h(ActionFilter, { action }),
    show(pages, ({ items }) =>
      items.length === 0 ? h(Nothing, { action }) : h(Entries, { here, entries: items }),
    ),
    h(More, { pages }),
  );
}

function Title({ here: { org } }: { here: Here }): ComponentChild {
  return h(
    Head,
    {
      title: "Audit log",
      note: "Append-only. The export has the hashes that prove that nothing was changed or left out.",
    },
    h(
      "a",
      {
        class: "button",
        href: `/v1/organizations/${encodeURIComponent(org.id)}/audit-log/export`,
        download: `audit-log-${org.login}.ndjson`,
      },
      "Export",
    ),
  );
}

function ActionFilter({ action }: { action: string }): ComponentChild {
  const change = (value: string) => {
    const name = value.trim();
    refine(new URLSearchParams(name === "" ? {} : { action: name }));
  };
  return h(
    "div",
    { class: "filters" },
    h(
      Field,
      { label: "Action" },
      h("input", {
        type: "search",
        value: action,
        placeholder: "e.g. api_key.created",
        onChange: typed(change),
        autoComplete: "off",
      }),
    ),
  );
}

function Nothing({ action }: { action: string }): ComponentChild {
  if (action !== "") {
    const title = `Nothing with the action ${action}`;
    return h(Empty, { title }, "Actions are exact names, such as member.role_set.");
  }
  const title = "Nothing is written down yet";
  return h(Empty, { title }, "Changes of members, keys, secrets, repositories and tasks appear here.");
}

function Entries({ here, entries }: { here: Here; entries: AuditEntry[] }): ComponentChild {
  return h(Table<AuditEntry>, {
    label: "Audit log",
    rows: entries,
    keyOf: ({ id }) => id,
    columns: [
      { title: "When", cell: ({ at }) => moment(at) },
      { title: "What", cell: sentenceOf },
      { title: "Action", cell: ({ action }) => h("code", { class: "whole" }, action) },
      { title: "Of", cell: ({ target }) => targetOf(here, target) },
      { title: "Detail", cell: ({ detail }) => detailOf(detail) },
    ],
  });
}

/** The server's words; what was refused does not say so by its colour alone. */
function sentenceOf({ text, refused }: AuditEntry): ComponentChild {
  return h("span", { class: "text" }, text, refused && " ", refused && h(Chip, { tone: "bad" }, "Refused"));
}

/** Ids and digests are long and alike; a few characters tell them apart, and the whole is in the title. */
function shorten(text: string): string {
  return text
    .replaceAll(/\b([a-z]{3})_[0-9a-z]{20}([0-9a-z]{6})\b/g, "$1…$2")
    .replaceAll(/\b([0-9a-f]{8})[0-9a-f-]{24,}\b/g, "$1…");
}

function targetOf(here: Here, target: string): ComponentChild {
  const text = h("code", { class: "whole", title: target }, shorten(target));
  const task = /^tsk_[0-9a-z]{26}/.exec(target)?.[0];
  return task === undefined ? text : h("a", { href: addressOf(here.org.login, "tasks", task) }, text);
}

function detailOf(detail: Record<string, unknown>): ComponentChild {
  const entries = Object.entries(detail);
  if (entries.length === 0) return "";
  const text = entries.map(
    ([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const whole = text.join(", ").slice(0, 500);
  return h("span", { class: "quiet text", title: whole }, shorten(whole));
}
