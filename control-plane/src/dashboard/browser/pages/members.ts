import type { Member } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useAction, usePages } from "../load.ts";
import { Empty, Head, More, show, Table, Time, Trouble } from "../parts.ts";
import { say } from "../say.ts";
import type { Here } from "../session.ts";
import { sentence } from "../words.ts";

type Role = Member["role"];

export function MembersPage({ here }: { here: Here }): ComponentChild {
  const { client, org } = here;
  const pages = usePages(org.id, (cursor) =>
    client.listMembers({ org: org.id, ...(cursor === undefined ? {} : { cursor }) }),
  );
  const set = useAction(async ({ member, role }: { member: Member; role: Role }) => {
    await client.setMemberRole({ org: org.id, user: member.userId, body: { role } });
    say(`${member.login} is now ${role}.`);
    pages.again();
  });
  return h(
    "div",
    null,
    h(Head, {
      title: "Members and roles",
      note: "People of the organisation who have signed in. GitHub says who belongs to it; it is asked again every quarter of an hour.",
    }),
    h(Trouble, { error: set.error }),
    show(pages, ({ items }) =>
      items.length === 0
        ? h(Empty, { title: "Nobody has signed in yet" }, "Members appear here with their first sign-in.")
        : h(Table<Member>, {
            label: "Members",
            rows: items,
            keyOf: ({ userId }) => userId,
            columns: [
              { title: "Login", cell: ({ login }) => (login === here.user.login ? `${login} (you)` : login) },
              {
                title: "Role",
                cell: (member) =>
                  h(RoleCell, { here, member, busy: set.busy, set: (role) => set.run({ member, role }) }),
              },
              { title: "Given by", cell: ({ source }) => (source === "github" ? "GitHub" : "Set here") },
              { title: "Since", cell: ({ createdAt }) => h(Time, { at: createdAt }) },
            ],
          }),
    ),
    h(More, { pages }),
    h(Roles, null),
  );
}

/** Only roles that this person may give, and only where they may take the present one away. */
function RoleCell(input: {
  here: Here;
  member: Member;
  busy: boolean;
  set: (role: Role) => void;
}): ComponentChild {
  const { here, member, busy, set } = input;
  const mayTouch = member.role === "owner" ? here.may("owner.write") : true;
  const { grants } = here.org;
  if (!here.may("member.write") || !mayTouch || grants.length === 0) return sentence(member.role);
  const change = (event: Event) => {
    const field = event.currentTarget;
    const role = field instanceof HTMLSelectElement ? grants.find((name) => name === field.value) : undefined;
    if (role !== undefined) set(role);
  };
  const names = grants.includes(member.role) ? grants : [member.role, ...grants];
  return h(
    "span",
    { "data-permission": "member.write", ...(member.role === "owner" ? { class: "owner" } : {}) },
    h(
      "select",
      {
        "aria-label": `Role of ${member.login}`,
        value: member.role,
        disabled: busy,
        onChange: change,
        ...(names.includes("owner") ? { "data-permission": "owner.write" } : {}),
      },
      ...names.map((role) => h("option", { value: role }, sentence(role))),
    ),
  );
}

const MEANING = {
  owner: "everything, also other owners and the export of all data",
  admin: "repositories, members, keys, secrets, the audit log, and changes the policy stopped",
  member: "starts, approves, revises, cancels and retries tasks; sees spend",
  viewer: "reads tasks, repositories and members",
  billing: "sees spend and manages payment, nothing else",
} as const satisfies Record<Role, string>;

function Roles(): ComponentChild {
  return h(
    "section",
    { class: "card" },
    h("h2", null, "What the roles may do"),
    h(
      "dl",
      { class: "roles" },
      ...Object.entries(MEANING).flatMap(([role, text]) => [
        h("dt", null, sentence(role)),
        h("dd", null, text),
      ]),
    ),
  );
}
