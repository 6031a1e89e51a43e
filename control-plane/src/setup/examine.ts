import { DEFAULT_SETTINGS, type IntentId, type RepositoryId, withDefaults } from "@aicd/core";
import { findIntent, findRepository, findSettings, type Repository } from "@aicd/db";
import { fetchReadiness } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { grantedFor, scopeOf } from "../facts.ts";
import { chooseModels, vendorsOf } from "../models/vendors.ts";
import { say } from "../tasks/say.ts";
import { stopOf } from "../tasks/tenant-limits.ts";
import { renderDoctor } from "../thread/readiness/doctor.ts";
import { type Facts, problemsOf } from "./problems.ts";

/** Job `examine-repository`: the answer to `/aicd doctor`, at the thread that asked. */
export async function examineRepository(
  deps: Deps,
  payload: { tenantId: string; repositoryId: string; intentId: string },
): Promise<void> {
  const scope = scopeOf(payload);
  const found = await deps.db.withTenant(scope, async (tx) => ({
    repository: await findRepository(tx, payload.repositoryId as RepositoryId),
    row: await findIntent(tx, payload.intentId as IntentId),
  }));
  const { repository, row } = found;
  if (repository === undefined || row === undefined) return;
  const problems = problemsOf(await look(deps, scope, repository));
  const { intent } = row.body;
  const number = "issueNumber" in intent ? intent.issueNumber : intent.pullRequestNumber;
  await deps.db.withTenant(scope, (tx) =>
    say(deps, tx, {
      repositoryId: repository.id,
      key: `doctor:${row.id}`,
      target: { kind: "issue", number },
      body: renderDoctor(problems),
    }),
  );
}

async function look(deps: Deps, scope: ReturnType<typeof scopeOf>, repository: Repository): Promise<Facts> {
  const { installationGithubId: installation_id } = repository;
  const { data } = await deps.github.app.rest.apps.getInstallation({ installation_id });
  const readiness = await fetchReadiness(grantedFor(deps, repository, "examine").read, repository);
  const own = readiness.settings.kind === "settings" ? readiness.settings.settings : DEFAULT_SETTINGS;
  return deps.db.withTenant(scope, async (tx) => {
    const defaults = await findSettings(tx);
    const vendors = await vendorsOf(deps, tx);
    const wanted = Object.values(chooseModels(withDefaults(own, defaults), vendors)).map(({ provider }) =>
      provider === "anthropic" ? ("anthropic" as const) : ("openai" as const),
    );
    return {
      permissions: data.permissions as Record<string, string>,
      installationUrl: data.html_url,
      enabled: repository.enabled,
      stop: (await stopOf(tx, defaults))?.detail,
      withoutKey: [...new Set(wanted)].filter((name) => vendors[name] === undefined),
      readiness,
    };
  });
}
