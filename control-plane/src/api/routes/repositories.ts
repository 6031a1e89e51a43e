import { parseId, RepositoryLimits } from "@aicd/core";
import { findRepositoryRow, listRepositories, type RepositoryRow, setRepository } from "@aicd/db";
import { z } from "zod";
import type { Deps } from "../../deps.ts";
import { commit } from "../../http/commit.ts";
import { etagOf, mayOverwrite } from "../../http/etag.ts";
import { PageQuery, pageOf, readPage } from "../../http/page.ts";
import { missing, Refusal } from "../../http/problems/problems.ts";
import { type Answer, type Call, route } from "../../http/route.ts";
import { oweIndex } from "../../indexing/owe.ts";
import { audit } from "../audited.ts";
import { Flag, idOf, OrgParams, Time, timeOf } from "../shapes/common.ts";

const tag = "Repositories";
const base = "/v1/organizations/{org}/repositories";
const RepositoryParams = OrgParams.extend({ repository: idOf("repository") });

const IndexView = z
  .object({
    state: z
      .enum(["none", "queued", "indexing", "ready", "failed"])
      .describe(
        "What is being done; while `commit` is set the index answers, also while a newer one is made.",
      ),
    commit: z.string().nullable().describe("The commit that is searched; null before the first time."),
    files: z.int().nullable(),
    passages: z.int().nullable(),
    commits: z.int().nullable().describe("Past commits that are searched too."),
    bytes: z.int().nullable(),
    indexedAt: Time.nullable(),
    tookMs: z.int().nullable(),
    failure: z.string().nullable().describe("Why the last try came to nothing, and what to do."),
  })
  .meta({
    id: "RepositoryIndex",
    description: "A repository is indexed with its first task, and again with each push.",
  });

const RepositoryView = z
  .object({
    id: idOf("repository"),
    githubId: z.int(),
    owner: z.string(),
    name: z.string(),
    url: z.string(),
    private: z.boolean().describe("Shown only to owners and to members who may read it on GitHub."),
    reachable: z.boolean().describe("The GitHub App is installed on it and not suspended."),
    enabled: z.boolean().describe("The organisation's own switch."),
    index: IndexView,
    updatedAt: Time,
  })
  .meta({ id: "Repository" });

const SettingsView = RepositoryLimits.meta({
  id: "RepositorySettings",
  description:
    "What the organisation demands over the repository's `.github/aicd.yml`; the stricter of the two counts.",
});

const NO_INDEX = {
  ...{ state: "none" as const, commit: null, files: null, passages: null, commits: null, bytes: null },
  ...{ indexedAt: null, tookMs: null, failure: null },
};

export const repositoryRoutes = [
  route(
    {
      id: "listRepositories",
      tag,
      method: "GET",
      path: base,
      summary: "Repositories, oldest first",
      permission: "repository.read",
      params: OrgParams,
      query: z.strictObject({ ...PageQuery, enabled: Flag.optional() }),
      answers: { 200: pageOf(RepositoryView) },
    },
    async (deps, { scope, query }) => {
      const { enabled, ...page } = query;
      const filter = enabled === undefined ? undefined : enabled === "true";
      const body = await readPage(page, {
        filters: { enabled },
        isKey: (text) => parseId("repository", text) !== undefined,
        read: (input) =>
          deps.db.withTenant(scope, (tx) => listRepositories(tx, { ...input, enabled: filter })),
        keyOf: ({ id }) => id,
        view: (row) => repositoryOf(deps, row),
      });
      return { body };
    },
  ),
  route(
    {
      id: "getRepository",
      tag,
      method: "GET",
      path: `${base}/{repository}`,
      summary: "One repository",
      permission: "repository.read",
      params: RepositoryParams,
      answers: { 200: RepositoryView },
    },
    async (deps, { scope, params }) => {
      const row = await deps.db.withTenant(scope, (tx) => findRepositoryRow(tx, params.repository));
      if (row === undefined) throw missing();
      return { body: repositoryOf(deps, row) };
    },
  ),
  route(
    {
      id: "updateRepository",
      tag,
      method: "PATCH",
      path: `${base}/{repository}`,
      summary: "Switch a repository on or off",
      description: "Off: nothing new is begun in it, and its index is deleted. What runs may finish.",
      permission: "repository.write",
      params: RepositoryParams,
      body: z.strictObject({ enabled: z.boolean() }),
      answers: { 200: RepositoryView },
      problems: ["changed"],
    },
    async (deps, call) => {
      const { enabled } = call.body;
      return change(deps, call, { viewOf: (row) => repositoryOf(deps, row), set: { enabled } });
    },
  ),
  route(
    {
      id: "indexRepository",
      tag,
      method: "POST",
      path: `${base}/{repository}/index`,
      summary: "Index a repository again, from its default branch as it is now",
      permission: "repository.write",
      params: RepositoryParams,
      answers: { 202: IndexView },
      problems: ["conflict"],
    },
    async (deps, call) => {
      const id = call.params.repository;
      return commit(deps, call, async (tx) => {
        const before = await findRepositoryRow(tx, id, "for update");
        if (before === undefined) throw missing();
        if (!before.enabled || !before.active || before.installationState !== "active") {
          throw new Refusal("conflict", "The repository is switched off, or the App does not reach it.");
        }
        await oweIndex(deps, tx, "rebuild", id);
        await audit(deps, tx, call, { action: "repository.index_requested", target: id, detail: {} });
        const after = await findRepositoryRow(tx, id);
        if (after === undefined) throw missing();
        return { body: indexOf(after) };
      });
    },
  ),
  route(
    {
      id: "getRepositorySettings",
      tag,
      method: "GET",
      path: `${base}/{repository}/settings`,
      summary: "What the organisation demands of a repository",
      permission: "repository.read",
      params: RepositoryParams,
      answers: { 200: SettingsView },
    },
    async (deps, { scope, params }) => {
      const row = await deps.db.withTenant(scope, (tx) => findRepositoryRow(tx, params.repository));
      if (row === undefined) throw missing();
      return { body: settingsOf(row) };
    },
  ),
  route(
    {
      id: "putRepositorySettings",
      tag,
      method: "PUT",
      path: `${base}/{repository}/settings`,
      summary: "Replace what the organisation demands of a repository",
      permission: "repository.write",
      params: RepositoryParams,
      body: SettingsView,
      answers: { 200: SettingsView },
      problems: ["changed"],
    },
    (deps, call) => change(deps, call, { viewOf: settingsOf, set: { settings: call.body } }),
  ),
];

function repositoryOf(deps: Deps, row: RepositoryRow): z.infer<typeof RepositoryView> {
  const { id, githubId, owner, name, enabled } = row;
  return {
    id,
    githubId,
    owner,
    name,
    url: `${deps.serverUrl}/${owner}/${name}`,
    private: row.private,
    reachable: row.active && row.installationState === "active",
    enabled,
    index: indexOf(row),
    updatedAt: timeOf(row.updatedAt),
  };
}

function indexOf({ index }: RepositoryRow): z.infer<typeof IndexView> {
  if (index === null || index.state === "dropping") return NO_INDEX;
  const { state, commitSha: commit, files, passages, commits, bytes, tookMs, failure } = index;
  return {
    state,
    commit,
    files,
    passages,
    commits,
    bytes,
    indexedAt: timeOf(index.indexedAt),
    tookMs,
    failure,
  };
}

/** Stored ones were checked when they came; an older release's are read as far as they still fit. */
function settingsOf(row: RepositoryRow): z.infer<typeof RepositoryLimits> {
  return RepositoryLimits.safeParse(row.settings).data ?? {};
}

/** Compares what the caller last saw and writes, with the row locked in between. */
async function change<V>(
  deps: Deps,
  call: Call<z.infer<typeof RepositoryParams>>,
  { viewOf, set }: { viewOf: (row: RepositoryRow) => V; set: Parameters<typeof setRepository>[2] },
): Promise<Answer<V>> {
  const id = call.params.repository;
  return commit(deps, call, async (tx) => {
    const before = await findRepositoryRow(tx, id, "for update");
    if (before === undefined) throw missing();
    if (!mayOverwrite(call.ifMatch, etagOf(JSON.stringify(viewOf(before))))) {
      throw new Refusal("changed", "It is no longer what your `If-Match` names. Read it again, then decide.");
    }
    await setRepository(tx, id, set);
    if ("enabled" in set && !set.enabled) await oweIndex(deps, tx, "drop", id);
    if ("enabled" in set && set.enabled) {
      await deps.enqueue(tx, "onboard-repository", { ...tx.scope, repositoryId: id });
    }
    const action = "enabled" in set ? "repository.switched" : "repository.settings_set";
    await audit(deps, tx, call, { action, target: id, detail: set });
    const after = await findRepositoryRow(tx, id);
    if (after === undefined) throw missing();
    return tagged(viewOf(after));
  });
}

function tagged<T>(body: T): { body: T; headers: Record<string, string> } {
  return { body, headers: { etag: etagOf(JSON.stringify(body)) } };
}
