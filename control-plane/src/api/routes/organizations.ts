import { ROLES } from "@aicd/core";
import { findTenant, listTenantsOfUser } from "@aicd/db";
import { z } from "zod";
import { missing } from "../problems.ts";
import { route } from "../route.ts";
import { idOf, OrgParams, Time, timeOf } from "../shapes/common.ts";

const tag = "Organizations";

const organization = {
  id: idOf("tenant"),
  login: z.string().describe("The account on GitHub."),
  kind: z.enum(["Organization", "User"]),
  role: z.enum(ROLES).describe("What the caller is there."),
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
        return { body: { items: found.map(({ tenantId, ...rest }) => ({ id: tenantId, ...rest })) } };
      }
      const { tenantId, role, maker } = identity;
      if (maker === undefined) return { body: { items: [] } };
      const tenant = await deps.db.withTenant({ tenantId }, findTenant);
      if (tenant === undefined) return { body: { items: [] } };
      const { id, login, kind } = tenant;
      return { body: { items: [{ id, login, kind, role }] } };
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
          createdAt: timeOf(createdAt),
          installation: installation?.state ?? null,
        },
      };
    },
  ),
];
