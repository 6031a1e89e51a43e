import { listSecrets } from "@aicd/db";
import { z } from "zod";
import { commit } from "../../http/commit.ts";
import { missing } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { SECRET_NAMES, type SecretName } from "../../secrets/secrets.ts";
import { audit, personOf } from "../audited.ts";
import { OrgParams, Person, Time, timeOf } from "../shapes/common.ts";

const tag = "Secrets";
const base = "/v1/organizations/{org}/secrets";
const Name = z.enum(Object.keys(SECRET_NAMES) as [SecretName, ...SecretName[]]).meta({
  id: "SecretName",
  description: Object.entries(SECRET_NAMES)
    .map((pair) => pair.join(": "))
    .join(" "),
});
const SecretParams = OrgParams.extend({ name: Name });

const SecretView = z
  .object({
    name: z.string(),
    hint: z.string().describe("The last characters; empty for short ones."),
    updatedBy: Person,
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: "Secret" });

export const secretRoutes = [
  route(
    {
      id: "listSecrets",
      tag,
      method: "GET",
      path: base,
      summary: "Which secrets are set",
      description: "Values are never given out, to anybody.",
      permission: "secret.read",
      params: OrgParams,
      answers: { 200: z.object({ items: z.array(SecretView) }) },
    },
    async (deps, { scope }) => {
      const rows = await deps.db.withTenant(scope, listSecrets);
      const items = rows.map(({ name, hint, updatedBy, createdAt, updatedAt }) => ({
        name,
        hint,
        updatedBy: { login: updatedBy.login, id: updatedBy.id },
        createdAt: timeOf(createdAt),
        updatedAt: timeOf(updatedAt),
      }));
      return { body: { items } };
    },
  ),
  route(
    {
      id: "putSecret",
      tag,
      method: "PUT",
      path: `${base}/{name}`,
      summary: "Set or replace a secret",
      permission: "secret.write",
      params: SecretParams,
      body: z.strictObject({ value: z.string().regex(/^[\x21-\x7e]{8,4096}$/) }),
      answers: { 204: undefined },
    },
    async (deps, call) => {
      const { name } = call.params;
      return commit(deps, call, async (tx) => {
        const by = personOf(call);
        const { created } = await deps.secrets.put(tx, { name, value: call.body.value, by });
        await audit(deps, tx, call, { action: created ? "secret.set" : "secret.replaced", target: name });
        return { body: undefined };
      });
    },
  ),
  route(
    {
      id: "deleteSecret",
      tag,
      method: "DELETE",
      path: `${base}/{name}`,
      summary: "Remove a secret",
      permission: "secret.write",
      params: SecretParams,
      answers: { 204: undefined },
    },
    async (deps, call) => {
      const { name } = call.params;
      return commit(deps, call, async (tx) => {
        if (!(await deps.secrets.remove(tx, name))) throw missing();
        await audit(deps, tx, call, { action: "secret.removed", target: name });
        return { body: undefined };
      });
    },
  ),
];
