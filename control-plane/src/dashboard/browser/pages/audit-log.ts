import type { AuditEntry } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { usePages } from "../load.ts";
import { Empty, Field, Head, More, show, Table } from "../parts.ts";
import { addressOf, type Route, refine } from "../router.ts";
import type { Here } from "../session.ts";
import { moment } from "../words.ts";

/** Who did what, newest first; the whole chain with its hashes as a file. */
export function AuditLogPage({ here, route }: { here: Here; route: Route }): ComponentChild {
  const { client, org } = here;
  const action = route.search.get("action") ?? "";
  const filter = action === "" ? {} : { action };
  const pages = usePages(action, (cursor) =>
    client.listAuditLog({ org: org.id, limit: 50, ...filter, ...(cursor === undefined ? {} : { cursor }) }),
  );
  const change = (event: Event) => {
    if (!(event.currentTarget instanceof HTMLInputElement)) return;
    const value = event.currentTarget.value.trim();
    refine(new URLSearchParams(value === "" ? {} : { action: value }));
  };
  return h(
    "div",
    null,
    h(
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
    ),
    h(
      "div",
      { class: "filters" },
      h(
        Field,
        { label: "Action" },
        h("input", {
          type: "search",
          value: action,
          placeholder: "e.g. api_key.created",
          onChange: change,
          autoComplete: "off",
        }),
      ),
    ),
    show(pages, ({ items }) =>
      items.length === 0
        ? h(
            Empty,
            { title: action === "" ? "Nothing is written down yet" : `Nothing with the action ${action}` },
            action === ""
              ? "Changes of members, keys, secrets, repositories and tasks appear here."
              : "Actions are exact names, such as member.role_set.",
          )
        : h(Table<AuditEntry>, {
            label: "Audit log",
            rows: items,
            keyOf: ({ id }) => id,
            columns: [
              { title: "When", cell: ({ at }) => moment(at) },
              { title: "Who", cell: actorOf },
              { title: "Action", cell: ({ action: name }) => h("code", { class: "whole" }, name) },
              { title: "Of", cell: ({ target }) => targetOf(here, target) },
              { title: "Detail", cell: ({ detail }) => detailOf(detail) },
            ],
          }),
    ),
    h(More, { pages }),
  );
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

/** The API key's maker stands beside the key; machines have only a name. */
function actorOf({ actor }: AuditEntry): string {
  const { kind, login, name, id } = actor as Record<string, unknown>;
  const who = [login, name, id].find((value) => typeof value === "string" || typeof value === "number");
  return kind === "user"
    ? String(who ?? "somebody")
    : `${String(kind).replace("_", " ")} ${who ?? ""}`.trim();
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
