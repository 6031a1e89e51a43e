import { mkdir } from "node:fs/promises";
import { join, normalize } from "node:path";
import { resolveCommit } from "../git/read.ts";
import { git } from "../git/run.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";

/** What a step's `uses: owner/name/path@ref` names. */
interface Named {
  /** `owner/name`. */
  repository: string;
  /** The folder of its metadata below the root; empty for the root itself. */
  folder: string;
  ref: string;
}

/** Played by this runner itself: they are GitHub's own, and what they do here is GitHub's part. */
const PLAYED = new Set(["actions/checkout", "actions/upload-artifact"]);

/**
 * Fetches what the steps of a job use, as a runner does before the first of them: the tree that a branch, a tag
 * or a full commit of a repository of this GitHub stands for. Whatever cannot be had ends the job with the
 * runner's words (actions/runner, `ActionManager`).
 *
 * @returns by the text of `uses`, the directory with the action's metadata
 */
export async function fetchActions(
  world: World,
  job: { repository: Repository; uses: readonly string[]; directory: string },
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const uses of new Set(job.uses)) {
    const named = parseUses(uses);
    if (named === undefined || PLAYED.has(named.repository)) continue;
    found.set(uses, await fetchAction(world, named, job));
  }
  return found;
}

/** Undefined: an action of the checkout itself, `./…`. */
export function parseUses(uses: string): Named | undefined {
  if (uses.startsWith("./")) return undefined;
  const [path = "", ref] = uses.split("@");
  const [owner, name, ...rest] = path.split("/");
  if (!owner || !name || !ref)
    throw new Error(
      `Expected format {org}/{repo}[/path]@ref. Actual '${uses}' Input string was not in a correct format.`,
    );
  return { repository: `${owner}/${name}`, folder: rest.join("/"), ref };
}

async function fetchAction(
  world: World,
  { repository: name, folder, ref }: Named,
  job: { repository: Repository; directory: string },
): Promise<string> {
  const asked = `${name}@${ref}`;
  const repository = world.names.get(name.toLowerCase());
  // What others keep private is not there for this repository.
  if (repository === undefined || (repository.private && repository.owner !== job.repository.owner))
    throw new Error(`Unable to resolve action ${asked}, repository not found`);
  // A shortened commit is refused: "use the full commit SHA instead".
  const commit = /^[0-9a-f]{4,39}$/.test(ref) ? undefined : await commitOf(world, repository, ref);
  if (commit === undefined)
    throw new Error(`Unable to resolve action \`${asked}\`, unable to find version \`${ref}\``);
  const directory = join(job.directory, normalize(name), ref.replaceAll("/", "_"));
  await mkdir(directory, { recursive: true });
  await git(["checkout", "--quiet", "--force", commit, "--", "."], {
    cwd: directory,
    env: {
      GIT_DIR: repository.directory,
      GIT_WORK_TREE: directory,
      GIT_INDEX_FILE: `${directory}.index`,
    },
  });
  return join(directory, normalize(`./${folder}`));
}

/** A tag goes before a branch of the same name. */
async function commitOf(world: World, repository: Repository, ref: string): Promise<string | undefined> {
  const named = ref.startsWith("refs/") ? [ref] : [`tags/${ref}`, `heads/${ref}`];
  for (const each of /^[0-9a-f]{40}$/.test(ref) ? [ref] : named) {
    const commit = await resolveCommit(world, repository, each);
    if (commit !== undefined) return commit.oid;
  }
  return undefined;
}
