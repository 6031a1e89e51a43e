import { createGit } from "../checkout/git.ts";
import { contentsOf, filesOf } from "../checkout/tree-lists.ts";
import type { Proposal } from "./propose.ts";
import { proposeFrom } from "./propose-from.ts";

/** What would make a local repository ready, by one of its commits. Nothing of it is run or changed. */
export async function proposeAt(options: {
  /** The top of a git repository. */
  directory: string;
  commit: string;
  path: string;
  env: Record<string, string>;
  schemaUrl: string;
}): Promise<Proposal> {
  const { directory, commit, path, env, schemaUrl } = options;
  const git = createGit({ cwd: directory, path, env });
  const source = {
    files: () => filesOf(git, commit),
    blobs: (shas: readonly string[]) => contentsOf(git, shas),
  };
  return proposeFrom(source, { schemaUrl });
}
