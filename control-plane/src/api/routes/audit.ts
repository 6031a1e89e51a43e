import { Readable } from "node:stream";
import { exact, parseId } from "@aicd/core";
import { listAudit, readAuditChain, type Scope } from "@aicd/db";
import { z } from "zod";
import type { Deps } from "../../deps.ts";
import { PageQuery, pageOf, readPage } from "../../http/page.ts";
import { route } from "../../http/route.ts";
import { audit } from "../audited.ts";
import { AuditView, auditFields, auditOf, toldOf } from "../shapes/audit.ts";
import { OrgParams } from "../shapes/common.ts";

const tag = "Audit log";
const base = "/v1/organizations/{org}/audit-log";
const moment = z.iso.datetime({ offset: true });
const PAGE = 500;

const ChainedView = z
  .object({
    seq: z.int(),
    ...auditFields,
    hash: z.string().describe("sha256 over the hash before and this entry, in hex."),
  })
  .meta({ id: "ChainedAuditEntry" });

export const auditRoutes = [
  route(
    {
      id: "listAuditLog",
      tag,
      method: "GET",
      path: base,
      summary: "Who did what, newest first",
      description:
        "Also what somebody wished for and was refused, up to 60 times in an hour for each caller.",
      permission: "audit.read",
      params: OrgParams,
      query: z.strictObject({
        ...PageQuery,
        action: exact(100).min(1).optional(),
        from: moment.optional(),
        to: moment.optional().describe("Not included."),
      }),
      answers: { 200: pageOf(AuditView) },
    },
    async (deps, { scope, query }) => {
      const { limit, cursor, ...filters } = query;
      const span = {
        action: filters.action,
        from: filters.from === undefined ? undefined : new Date(filters.from),
        to: filters.to === undefined ? undefined : new Date(filters.to),
      };
      const body = await readPage(
        { limit, cursor },
        {
          filters,
          isKey: (text) => parseId("audit", text) !== undefined,
          read: ({ after, limit: rows }) =>
            deps.db.withTenant(scope, async (tx) =>
              toldOf(
                tx,
                await listAudit(tx, {
                  ...span,
                  limit: rows,
                  before: after === undefined ? undefined : parseId("audit", after),
                }),
              ),
            ),
          keyOf: ({ id }) => id,
          view: (entry) => entry,
        },
      );
      return { body };
    },
  ),
  route(
    {
      id: "exportAuditLog",
      tag,
      method: "GET",
      path: `${base}/export`,
      summary: "The whole chain, one entry a line",
      description:
        "Oldest first, with the hashes that prove that nothing was changed or left out. Entries join the chain within a minute.",
      permission: "audit.read",
      params: OrgParams,
      answers: { 200: ChainedView },
      media: "application/x-ndjson",
    },
    async (deps, call) => {
      await deps.db.withTenant(call.scope, (tx) =>
        audit(deps, tx, call, { action: "audit_log.exported", target: call.scope.tenantId }),
      );
      return Readable.from(lines(deps, call.scope, call.signal));
    },
  ),
];

async function* lines(deps: Deps, scope: Scope, signal: AbortSignal): AsyncGenerator<string> {
  for (let after = 0; !signal.aborted; ) {
    const start = after;
    const page = await deps.db.withTenant(scope, (tx) => readAuditChain(tx, { after: start, limit: PAGE }));
    const text = page.map((row) => JSON.stringify({ seq: row.seq, ...auditOf(row), hash: row.hash }));
    if (text.length > 0) yield `${text.join("\n")}\n`;
    after = page.at(-1)?.seq ?? after;
    if (page.length < PAGE) return;
  }
}
