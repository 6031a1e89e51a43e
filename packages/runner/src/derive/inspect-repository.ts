import type { Settings } from "@aicd/core";
import { createGit } from "../checkout/git.ts";
import { contentsOf, filesOf } from "../checkout/tree-lists.ts";
import { derive } from "./derive.ts";
import { lookAtMachine } from "./look-at-machine.ts";
import type { Commands } from "./plan.ts";
import { readRepository } from "./read-repository.ts";

export type Inspected = {
  /** The top of a git repository. */
  directory: string;
  commit: string;
  path: string;
  env: Record<string, string>;
  settings: Pick<Settings, "setup" | "checks">;
};

/** What an attempt on a commit would run on this machine, without running any of it. */
export async function inspectRepository({
  directory,
  commit,
  path,
  env,
  settings,
}: Inspected): Promise<Commands> {
  const git = createGit({ cwd: directory, path, env });
  const repository = await readRepository({
    files: () => filesOf(git, commit),
    blobs: (shas) => contentsOf(git, shas),
  });
  const machine = await lookAtMachine(path, directory, repository);
  return derive({ repository, machine }, settings);
}
