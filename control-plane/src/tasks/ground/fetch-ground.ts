import {
  type Author,
  demandedSandbox,
  RepositoryLimits,
  type Seen,
  type Settings,
  type Snapshot,
  type TenantSettings,
  tighten,
  withDefaults,
} from "@aicd/core";
import type { Repository, Task } from "@aicd/db";
import { fetchStart, permissionOf, type Start } from "@aicd/github";
import type { Deps } from "../../deps.ts";
import { grantedFor } from "../../facts.ts";

export type Look = {
  start: Start;
  seen: Seen;
  /** Of the person who asked for the task. */
  permission: Author["permission"];
};

/** All that an attempt of the task would read now. The issue is gone, or the repository empty: no `start`. */
export async function fetchGround(
  deps: Deps,
  about: { task: Task; repository: Repository; defaults: TenantSettings },
): Promise<Look | Pick<Look, "permission">> {
  const { task, repository } = about;
  const { read } = grantedFor(deps, repository, "read-thread");
  const { login } = task.requestedBy;
  const asked = permissionOf(read, repository, task.requestedBy).then((permission) => ({
    login,
    permission,
  }));
  const [{ permission }, start] = await Promise.all([
    asked,
    fetchStart(read, repository, {
      issueNumber: task.issueNumber,
      base: task.flags.base,
      head: task.phase === "revise" ? (task.branch ?? undefined) : undefined,
      guidance: task.guidance,
      asked,
      ...(task.phase === "revise" && task.pullRequestNumber !== null
        ? { review: { pullRequestNumber: task.pullRequestNumber, reviewIds: task.reviewIds } }
        : {}),
    }),
  ]);
  if (start === undefined) return { permission };
  const { snapshot, settingsFile, instructions, commentsFrom, settings: parsed } = start;
  const own = parsed.kind === "invalid" ? undefined : parsed.settings;
  return {
    permission,
    start,
    seen: {
      ...{ snapshot: withCi(snapshot, task), settingsFile, instructions, commentsFrom },
      ownSandbox: own?.sandbox ?? null,
      settings: own === undefined ? undefined : effective(own, about),
    },
  };
}

/** What red checks said was read when they were judged: a round mends what it was begun for. */
function withCi(snapshot: Snapshot, { phase, ci }: Task): Snapshot {
  return phase === "revise" && ci !== null && ci.failing.length > 0
    ? { ...snapshot, ci: ci.failing }
    : snapshot;
}

function effective(
  own: Settings,
  { task, repository, defaults }: { task: Task; repository: Repository; defaults: TenantSettings },
): Settings {
  return {
    ...withFlags(tighten(withDefaults(own, defaults), limitsOf(repository)), task),
    sandbox: demandedSandbox(own, defaults),
  };
}

/** Stored ones were checked when they came; what a newer release stored is left to it. */
export function limitsOf(repository: Repository): RepositoryLimits {
  return RepositoryLimits.safeParse(repository.settings).data ?? {};
}

/** `--model` on the command beats the settings, for all three roles. */
export function withFlags(settings: Settings, task: Task): Settings {
  const { model } = task.flags;
  if (model === undefined) return settings;
  const bare = { ...settings, model };
  for (const role of ["planner", "coder", "critic"] as const) {
    const { model: _replaced, ...rest } = settings[role];
    bare[role] = rest;
  }
  return bare;
}
