import { TenantSettings } from "@aicd/core";
import { findSettings, putSettings } from "@aicd/db";
import { commit } from "../../http/commit.ts";
import { etagOf, mayOverwrite } from "../../http/etag.ts";
import { Refusal } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { audit } from "../audited.ts";
import { OrgParams } from "../shapes/common.ts";

const tag = "Organizations";
const path = "/v1/organizations/{org}/settings";

const { paused, monthlyBudgetMicroUsd, provider, model, weakestSandbox, execution, critic } =
  TenantSettings.shape;
const shape = {
  paused: paused.unwrap().describe("Nothing new begins, and what runs is ended within a minute."),
  monthlyBudgetMicroUsd: monthlyBudgetMicroUsd
    .unwrap()
    .describe("What all tasks together may cost from the first of a month on (UTC); null: no such limit."),
  provider: provider.unwrap().describe("Works where a repository's `.github/aicd.yml` names no vendor."),
  model: model.unwrap().describe("Of that vendor, where the file names no model."),
  weakestSandbox: weakestSandbox
    .unwrap()
    .describe(
      "What commands may run in where a runner has nothing stronger. `process` keeps them from little: whoever steers the agent can read what the runner's user can.",
    ),
  execution: execution
    .unwrap()
    .describe(
      "Whose machines the work runs on: GitHub's runners, or servers of this installation's fleet, which must have one; the workflow then takes the input `runs-on`.",
    ),
  critic: critic
    .unwrap()
    .describe(
      "Who asks the critic about a change before it is published: the runner that made it, or the server, which a runner cannot speak for. The server's critic reads and runs nothing; runners of an older Action are refused.",
    ),
};
const SettingsView = TenantSettings.extend(shape).meta({ id: "OrganizationSettings" });

export const settingsRoutes = [
  route(
    {
      id: "getOrganizationSettings",
      tag,
      method: "GET",
      path,
      summary: "What the organisation sets for all of its repositories",
      permission: "organization.read",
      params: OrgParams,
      answers: { 200: SettingsView },
    },
    async (deps, { scope }) => ({ body: await deps.db.withTenant(scope, (tx) => findSettings(tx)) }),
  ),
  route(
    {
      id: "updateOrganizationSettings",
      tag,
      method: "PATCH",
      path,
      summary: "Pause the organisation, or set its monthly budget, its default model and its weakest sandbox",
      description:
        "What is left out stays. A pause cancels what is under way; waiting plans and open pull requests stay.",
      permission: "organization.write",
      params: OrgParams,
      body: SettingsView.partial().strict(),
      answers: { 200: SettingsView },
      problems: ["changed"],
    },
    (deps, call) =>
      commit(deps, call, async (tx) => {
        const before = await findSettings(tx, "for update");
        if (!mayOverwrite(call.ifMatch, etagOf(JSON.stringify(before)))) {
          throw new Refusal(
            "changed",
            "It is no longer what your `If-Match` names. Read it again, then decide.",
          );
        }
        const after = merged(before, call.body);
        if (after.model !== null && after.provider === null) {
          const detail = "A model belongs to a vendor: name the `provider` too, or no model.";
          const errors = [{ in: "body" as const, pointer: "/model", detail }];
          throw new Refusal("invalid", detail, { errors });
        }
        await putSettings(tx, after);
        if (after.paused && !before.paused) await deps.enqueue(tx, "pause-tenant", { ...tx.scope });
        await audit(deps, tx, call, {
          action: "organization.settings_set",
          target: tx.scope.tenantId,
          detail: { before, after },
        });
        return { body: after, headers: { etag: etagOf(JSON.stringify(after)) } };
      }),
  ),
];

function merged(
  before: TenantSettings,
  given: { [K in keyof TenantSettings]?: TenantSettings[K] | undefined },
): TenantSettings {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return TenantSettings.parse({ ...before, ...Object.fromEntries(said) });
}
