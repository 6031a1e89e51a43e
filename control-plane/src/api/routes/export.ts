import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { Refusal } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { writeExport } from "../../installations/export.ts";
import { audit } from "../audited.ts";
import { OrgParams } from "../shapes/common.ts";

const Line = z
  .object({ table: z.string(), row: z.record(z.string(), z.unknown()) })
  .meta({ id: "ExportedRow" });

export const exportRoutes = [
  route(
    {
      id: "exportOrganization",
      tag: "Organizations",
      method: "GET",
      path: "/v1/organizations/{org}/export",
      summary: "Everything stored of the organisation, one row a line",
      description:
        "Values of secrets and hashes of keys are not in it. Take it before you uninstall the App.",
      permission: "organization.export",
      params: OrgParams,
      answers: { 200: Line },
      media: "application/x-ndjson",
    },
    async (deps, call) => {
      if (call.viewer !== undefined) {
        const detail = "This key is limited to some repositories, so it cannot export the organisation.";
        throw new Refusal("forbidden", detail);
      }
      // Through a file: a slow reader must not hold a transaction open.
      const directory = join(deps.exportDirectory, call.requestId);
      const forget = () => void rm(directory, { recursive: true, force: true });
      // Written down before the first byte leaves, and not for an export that was refused.
      const write = async () => {
        const written = await writeExport(deps, call.scope, directory);
        await deps.db.withTenant(call.scope, (tx) =>
          audit(deps, tx, call, { action: "organization.exported", target: call.scope.tenantId }),
        );
        return written;
      };
      const path = await write().catch(async (error: unknown) => {
        await rm(directory, { recursive: true, force: true });
        throw error;
      });
      return pipeline(createReadStream(path), createGunzip(), forget);
    },
  ),
];
