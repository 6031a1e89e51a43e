import { allows, mayGrant, parseId, ROLES } from "@aicd/core";
import { findMembership, listMemberships, type Membership, setRole } from "@aicd/db";
import { z } from "zod";
import { commit } from "../../http/commit.ts";
import { PageQuery, pageOf, readPage } from "../../http/page.ts";
import { missing, Refusal } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { audit } from "../audited.ts";
import { idOf, OrgParams, Time, timeOf } from "../shapes/common.ts";

const tag = "Members";
const base = "/v1/organizations/{org}/members";
const Role = z.enum(ROLES).meta({ id: "Role" });

const MemberView = z
  .object({
    userId: idOf("user"),
    login: z.string(),
    role: Role,
    source: z.enum(["github", "set"]).describe("`set`: somebody gave the role here, and it stays."),
    createdAt: Time,
  })
  .meta({ id: "Member" });

export const memberRoutes = [
  route(
    {
      id: "listMembers",
      tag,
      method: "GET",
      path: base,
      summary: "Members who have signed in, and their roles",
      permission: "member.read",
      params: OrgParams,
      query: z.strictObject(PageQuery),
      answers: { 200: pageOf(MemberView) },
    },
    async (deps, { scope, query }) => {
      const body = await readPage(query, {
        filters: "members",
        isKey: (text) => parseId("user", text) !== undefined,
        read: ({ after, limit }) =>
          deps.db.withTenant(scope, (tx) =>
            listMemberships(tx, { limit, after: after === undefined ? undefined : parseId("user", after) }),
          ),
        keyOf: ({ userId }) => userId,
        view: memberOf,
      });
      return { body };
    },
  ),
  route(
    {
      id: "setMemberRole",
      tag,
      method: "PATCH",
      path: `${base}/{user}`,
      summary: "Give a member another role",
      description:
        "Only owners make or unmake owners, and the last owner stays one. Nobody gives a role that may do more than they may.",
      permission: "member.write",
      params: OrgParams.extend({ user: idOf("user") }),
      body: z.strictObject({ role: Role }),
      answers: { 200: MemberView },
      problems: ["conflict"],
    },
    async (deps, call) => {
      const { principal, params, body } = call;
      return commit(deps, call, async (tx) => {
        const before = await findMembership(tx, params.user);
        if (before === undefined) throw missing();
        const touchesOwners = body.role === "owner" || before.role === "owner";
        if (touchesOwners && !allows(principal, "owner.write")) {
          throw new Refusal("forbidden", "Only an owner may make somebody an owner, or no longer one.");
        }
        if (!mayGrant(principal, body.role)) {
          const detail = `The role ${body.role} may do more than you may, so you cannot give it. Ask an owner.`;
          throw new Refusal("forbidden", detail);
        }
        const outcome = await setRole(tx, { userId: params.user, role: body.role });
        if (outcome === undefined) throw missing();
        if (outcome === "last_owner") {
          throw new Refusal("conflict", "This is the last owner. Make somebody else an owner first.");
        }
        // Between the look and the lock somebody may have become an owner.
        if (outcome.before === "owner" && !allows(principal, "owner.write")) {
          throw new Refusal("conflict", "Somebody else changed this member at the same moment. Try again.");
        }
        const detail = { before: outcome.before, after: outcome.after.role };
        await audit(deps, tx, call, { action: "member.role_set", target: params.user, detail });
        return { body: memberOf(outcome.after) };
      });
    },
  ),
];

function memberOf({ userId, login, role, source, createdAt }: Membership): z.infer<typeof MemberView> {
  return { userId, login, role, source, createdAt: timeOf(createdAt) };
}
