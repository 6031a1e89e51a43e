import { allows, may, mayGrant, PERMISSION_NAMES, type Principal, ROLES } from "@aicd/core";
import { findTenant, listTenantsOfUser } from "@aicd/db";
import { z } from "zod";
import { missing } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { idOf, OrgParams, PermissionName, Time, timeOf } from "../shapes/common.ts";

const tag = "Organizations";

const organization = {
  id: idOf("tenant"),
  login: z.string().describe("The account on GitHub."),
  kind: z.enum(["Organization", "User"]),
  role: z.enum(ROLES).describe("What the caller is there."),
  permissions: z.array(PermissionName).describe("What the caller may do there, key scopes counted in."),
  grants: z.array(z.enum(ROLES)).describe("Roles that the caller may give to somebody."),
};
const OrganizationSummary = z.object(organization).meta({ id: "OrganizationSummary" });
const OrganizationView = z
  .object({
    ...organization,
    createdAt: Time,
    installation: z.enum(["active", "suspended", "deleted"]).nullable().describe("Of the GitHub App."),
  })
  .meta({ id: "Organization" });

export const organizationRoutes = [
  route(
    {
      id: "listOrganizations",
      tag,
      method: "GET",
      path: "/v1/organizations",
      summary: "Organisations the caller belongs to",
      permission: null,
      answers: { 200: z.object({ items: z.array(OrganizationSummary) }) },
    },
    async (deps, { identity }) => {
      if (identity.kind === "user") {
        const found = await listTenantsOfUser(deps.db.system, identity.userId);
        const items = found.map(({ tenantId, ...rest }) => ({ id: tenantId, ...rest, ...powersOf(rest) }));
        return { body: { items } };
      }
      const { tenantId, role, maker, scopes } = identity;
      if (maker === undefined) return { body: { items: [] } };
      const tenant = await deps.db.withTenant({ tenantId }, findTenant);
      if (tenant === undefined) return { body: { items: [] } };
      const { id, login, kind } = tenant;
      // A key may do no more than its maker may now.
      const powers = powersOf({ role, scopes: scopes.filter((scope) => may(maker.role, scope)) });
      return { body: { items: [{ id, login, kind, role, ...powers }] } };
    },
  ),
  route(
    {
      id: "getOrganization",
      tag,
      method: "GET",
      path: "/v1/organizations/{org}",
      summary: "One organisation",
      permission: "organization.read",
      params: OrgParams,
      answers: { 200: OrganizationView },
    },
    async (deps, { scope, principal }) => {
      const tenant = await deps.db.withTenant(scope, findTenant);
      if (tenant === undefined) throw missing();
      const { id, login, kind, createdAt, installation } = tenant;
      const { role } = principal;
      return {
        body: {
          id,
          login,
          kind,
          role,
          ...powersOf(principal),
          createdAt: timeOf(createdAt),
          installation: installation?.state ?? null,
        },
      };
    },
  ),
];

/** What a page or a program shows of itself to this caller; the table of `core` decides both. */
function powersOf(caller: Pick<Principal, "role" | "scopes">) {
  return {
    permissions: PERMISSION_NAMES.filter((permission) => allows(caller, permission)),
    grants: ROLES.filter((role) => mayGrant(caller, role)),
  };
}
