import { branchName, readSettings, SETTINGS_PATHS, type SettingsResult } from "@aicd/core";
import { parse } from "yaml";
import type { ReadClient } from "./clients.ts";
import { WORKFLOW_FILE } from "./dispatch.ts";
import type { RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

/** What of a repository decides whether a run can begin and its change can be published; nothing is changed by looking. */
export type Readiness = {
  /** Undefined: empty. */
  branch: string | undefined;
  archived: boolean;
  /** GitHub's word: `active`, `disabled_manually`, `disabled_inactivity`…; undefined: there is no such workflow. */
  workflow: { state: string; text: string } | undefined;
  settings: SettingsResult;
  /** Types of the rules that hold for a branch of ours. */
  rules: string[];
};

const EXAMPLE = branchName(1, "example");

/** @throws GitHub's refusal when the App does not reach the repository */
export async function fetchReadiness(read: ReadClient, repository: RepositoryName): Promise<Readiness> {
  const repo = { owner: repository.owner, repo: repository.name };
  const { data: about } = await read.rest.repos.get(repo);
  const text = (path: string) => fetchText(read, { ...repo, path });
  const [workflow, workflowText, rules, ...settings] = await Promise.all([
    orNothing(read.rest.actions.getWorkflow({ ...repo, workflow_id: WORKFLOW_FILE })),
    text(`.github/workflows/${WORKFLOW_FILE}`),
    orNothing(read.rest.repos.getBranchRules({ ...repo, branch: EXAMPLE })),
    ...SETTINGS_PATHS.map(text),
  ]);
  return {
    branch: about.default_branch,
    archived: about.archived,
    // GitHub lists workflows of the default branch; one that was only just pushed may be on its way there.
    workflow:
      workflowText === undefined
        ? undefined
        : { state: workflow?.data.state ?? "active", text: workflowText },
    settings: readBoth(settings),
    rules: [...new Set((rules?.data ?? []).map(({ type }) => type))],
  };
}

function readBoth(texts: readonly (string | undefined)[]): SettingsResult {
  const there = texts.filter((text) => text !== undefined);
  if (there.length > 1)
    return { kind: "invalid", problems: [`${SETTINGS_PATHS.join(" and ")} are both there; delete one`] };
  try {
    return readSettings(parse(there[0] ?? "", { maxAliasCount: 10 }));
  } catch (error) {
    // Not YAML: its words say where.
    return {
      kind: "invalid",
      problems: [error instanceof Error ? (error.message.split("\n")[0] ?? "") : ""],
    };
  }
}

async function fetchText(
  read: ReadClient,
  at: { owner: string; repo: string; path: string },
): Promise<string | undefined> {
  const answer = await orNothing(read.rest.repos.getContent(at));
  const data = answer?.data;
  if (data === undefined || Array.isArray(data) || data.type !== "file") return undefined;
  return Buffer.from(data.content, "base64").toString();
}

/** 403: the App was not given the permission, which is a finding of its own. */
async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isStatus(error, 404) || isStatus(error, 403)) return undefined;
    throw error;
  }
}
