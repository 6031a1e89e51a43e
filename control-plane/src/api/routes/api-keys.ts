import {
  allows,
  exact,
  may,
  mayGrant,
  PERMISSION_NAMES,
  type Permission,
  parseId,
  type RepositoryId,
  ROLES,
  type Role,
} from "@aicd/core";
import {
  type ApiKey,
  findApiKey,
  limitApiKey,
  listApiKeys,
  revokeApiKey,
  seesAll,
  storeApiKey,
  type TenantTx,
} from "@aicd/db";
import { z } from "zod";
import type { Deps } from "../../deps.ts";
import { commit } from "../../http/commit.ts";
import { PageQuery, pageOf, readPage } from "../../http/page.ts";
import { missing, Refusal } from "../../http/problems/problems.ts";
import { type Call, route } from "../../http/route.ts";
import { hintOf, mintToken } from "../../identity/tokens.ts";
import { audit, personOf } from "../audited.ts";
import { idOf, OrgParams, PermissionName, Person, Time, timeOf } from "../shapes/common.ts";

const tag = "API keys";
const base = "/v1/organizations/{org}/api-keys";
const KeyParams = OrgParams.extend({ key: idOf("apiKey") });
const YEAR_DAYS = 365;
const DEFAULT_DAYS = 90;
const OVERLAP_S = 24 * 60 * 60;
const MAX_REPOSITORIES = 500;
const MAX_OVERLAP_S = 7 * OVERLAP_S;
const lifeDays = z.int().min(1).max(YEAR_DAYS).optional();

const key = {
  id: idOf("apiKey"),
  name: z.string(),
  hint: z.string().describe("What a person recognises it by."),
  role: z.enum(ROLES),
  scopes: z.array(z.string()).describe("What it may do at most; its role decides too."),
  repositories: z
    .array(idOf("repository"))
    .nullable()
    .describe("What it is limited to; null: all of the organisation, also those that come later."),
  createdBy: Person,
  createdAt: Time,
  expiresAt: Time,
  lastUsedAt: Time.nullable(),
  revokedAt: Time.nullable(),
};
const KeyView = z.object(key).meta({ id: "ApiKey" });
const NewKeyView = z
  .object({
    ...key,
    secret: z.string().nullable().describe("The key itself, shown this once; null in a repeated answer."),
  })
  .meta({ id: "NewApiKey" });

export const apiKeyRoutes = [
  route(
    {
      id: "listApiKeys",
      tag,
      method: "GET",
      path: base,
      summary: "API keys, newest first",
      permission: "api_key.read",
      params: OrgParams,
      query: z.strictObject(PageQuery),
      answers: { 200: pageOf(KeyView) },
    },
    async (deps, { scope, query }) => {
      const body = await readPage(query, {
        filters: "keys",
        isKey: (text) => parseId("apiKey", text) !== undefined,
        read: ({ after, limit }) =>
          deps.db.withTenant(scope, (tx) =>
            listApiKeys(tx, { limit, before: after === undefined ? undefined : parseId("apiKey", after) }),
          ),
        keyOf: ({ id }) => id,
        view: keyOf,
      });
      return { body };
    },
  ),
  route(
    {
      id: "createApiKey",
      tag,
      method: "POST",
      path: base,
      summary: "Make an API key",
      description: "The secret is in this answer and nowhere else.",
      permission: "api_key.write",
      params: OrgParams,
      body: z.strictObject({
        name: exact(100).min(1),
        role: z.enum(ROLES),
        scopes: z
          .array(PermissionName)
          .min(1)
          .max(PERMISSION_NAMES.length)
          .optional()
          .describe("All of the role when left out."),
        repositories: z
          .array(idOf("repository"))
          .min(1)
          .max(MAX_REPOSITORIES)
          .optional()
          .describe("All of the organisation when left out, which takes somebody who may see them all."),
        expiresInDays: lifeDays.describe(`${DEFAULT_DAYS} when left out.`),
      }),
      answers: { 201: NewKeyView },
      once: ["secret"],
    },
    async (deps, call) => {
      const { name, role, expiresInDays = DEFAULT_DAYS } = call.body;
      const scopes = call.body.scopes ?? PERMISSION_NAMES.filter((permission) => may(role, permission));
      mustHave(call, role, scopes);
      const repositories = call.body.repositories ?? null;
      return commit(deps, call, async (tx) => {
        await mustSee(tx, repositories);
        const made = await make(deps, tx, call, {
          name,
          role,
          scopes,
          repositories,
          lifeDays: expiresInDays,
        });
        const detail = { name, role, scopes, ...(repositories === null ? {} : { repositories }) };
        await audit(deps, tx, call, { action: "api_key.created", target: made.id, detail });
        return { body: made };
      });
    },
  ),
  route(
    {
      id: "rotateApiKey",
      tag,
      method: "POST",
      path: `${base}/{key}/rotate`,
      summary: "Make a key that follows this one",
      description: "The new key may do the same. The old one works on for a while, so that nothing stops.",
      permission: "api_key.write",
      params: KeyParams,
      body: z
        .strictObject({
          overlapSeconds: z
            .int()
            .min(0)
            .max(MAX_OVERLAP_S)
            .optional()
            .describe(`${OVERLAP_S} when left out.`),
          expiresInDays: lifeDays,
        })
        .optional(),
      answers: { 201: NewKeyView },
      once: ["secret"],
      problems: ["conflict"],
    },
    async (deps, call) => {
      const { overlapSeconds = OVERLAP_S, expiresInDays = DEFAULT_DAYS } = call.body ?? {};
      return commit(deps, call, async (tx) => {
        const old = await findApiKey(tx, call.params.key);
        if (old === undefined) throw missing();
        if (old.revokedAt !== null || old.expiresAt.getTime() <= deps.now()) {
          throw new Refusal("conflict", "The key is revoked or expired already. Make a new one.");
        }
        const { id, name, role, scopes, repositories } = old;
        mustHave(call, role, scopes);
        await mustSee(tx, repositories);
        const made = await make(deps, tx, call, {
          name,
          role,
          scopes,
          repositories,
          lifeDays: expiresInDays,
        });
        await limitApiKey(tx, id, overlapSeconds);
        const detail = { successor: made.id, overlapSeconds };
        await audit(deps, tx, call, { action: "api_key.rotated", target: id, detail });
        return { body: made };
      });
    },
  ),
  route(
    {
      id: "revokeApiKey",
      tag,
      method: "DELETE",
      path: `${base}/{key}`,
      summary: "Revoke a key",
      description: "It stops working at once. Revoking it again changes nothing.",
      permission: "api_key.write",
      params: KeyParams,
      answers: { 204: undefined },
    },
    async (deps, call) =>
      commit(deps, call, async (tx) => {
        const { key: id } = call.params;
        const revoked = await revokeApiKey(tx, id);
        if (revoked !== undefined) await audit(deps, tx, call, { action: "api_key.revoked", target: id });
        else if ((await findApiKey(tx, id)) === undefined) throw missing();
        return { body: undefined };
      }),
  ),
];

/** Nobody makes a key that may do more than they may themselves. */
function mustHave(call: Call, role: Role, scopes: readonly Permission[]): void {
  const { principal } = call;
  const beyond = scopes.filter((scope) => may(role, scope) && !allows(principal, scope));
  if (mayGrant({ role: principal.role }, role) && beyond.length === 0) return;
  const what = beyond.length > 0 ? beyond.slice(0, 5).join(", ") : `the role ${role}`;
  throw new Refusal("forbidden", `A key may do no more than who makes it, and you do not have ${what}.`);
}

/** Nor one that sees more. */
async function mustSee(tx: TenantTx, repositories: RepositoryId[] | null): Promise<void> {
  if (await seesAll(tx, repositories)) return;
  if (repositories !== null) throw missing();
  const detail =
    "A key may see no more than who makes it, and some private repositories are hidden from you. Name in `repositories` what it may see, or ask an owner.";
  throw new Refusal("forbidden", detail);
}

async function make(
  deps: Deps,
  tx: TenantTx,
  call: Call,
  input: {
    name: string;
    role: Role;
    scopes: Permission[];
    repositories: RepositoryId[] | null;
    lifeDays: number;
  },
): Promise<z.infer<typeof NewKeyView>> {
  const secret = mintToken("key");
  const [hash] = deps.peppers.hashes(secret);
  const createdBy = personOf(call);
  const made = await storeApiKey(tx, deps.mint, { ...input, hash, hint: hintOf(secret), createdBy });
  return { ...keyOf(made), secret };
}

function keyOf(row: ApiKey): z.infer<typeof KeyView> {
  const { id, name, hint, role, scopes, repositories, createdBy } = row;
  return {
    id,
    name,
    hint,
    role,
    scopes,
    repositories,
    createdBy: { login: createdBy.login, id: createdBy.id },
    createdAt: timeOf(row.createdAt),
    expiresAt: timeOf(row.expiresAt),
    lastUsedAt: timeOf(row.lastUsedAt),
    revokedAt: timeOf(row.revokedAt),
  };
}
