import { appendFile, chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git, tryGit } from "./run.ts";

const CONFIG = `[http]
\treceivepack = true
[uploadpack]
\t# GitHub serves any commit by its oid, which is how the checkout action fetches.
\tallowAnySHA1InWant = true
\tallowFilter = true
[receive]
\thideRefs = refs/pull
[core]
\tlogAllRefUpdates = false
\t# Nothing here outlives the process that made it, so nothing has to survive a power cut.
\tfsync = none
[gc]
\tauto = 0
`;

/**
 * What the server knows before the objects are here it declines through `LOCAL_GITHUB_DECLINED`. Two things only the
 * hook can see, which git runs with the pushed objects in sight: whether a branch of `LOCAL_GITHUB_UNFORCED` would
 * lose commits, and whether a token without the `workflows` permission changes workflow files.
 */
const PRE_RECEIVE = `#!/bin/sh
[ -z "$LOCAL_GITHUB_DECLINED" ] || { printf '%s\\n' "$LOCAL_GITHUB_DECLINED" >&2; exit 1; }
while read -r old new ref; do
  case "$new" in *[!0]*) ;; *) continue ;; esac
  case "$LOCAL_GITHUB_UNFORCED" in *" $ref "*)
    case "$old" in *[!0]*)
      git merge-base --is-ancestor "$old" "$new" || { printf '%s\\n' "error: GH006: Protected branch update failed for $ref." "" "- Cannot force-push to this branch" "" >&2; exit 1; } ;;
    esac ;;
  esac
  [ "$LOCAL_GITHUB_WORKFLOWS" = no ] || continue
  for commit in $(git rev-list "$new" --not --all); do
    touched=$(git diff-tree --no-commit-id --name-only -r -m --root "$commit" -- .github/workflows | head -n 1)
    [ -z "$touched" ] && continue
    echo "refusing to allow a GitHub App to create or update workflow \\\`$touched\\\` without \\\`workflows\\\` permission" >&2
    exit 1
  done
done
`;

/**
 * Creates the bare repository behind a GitHub one. `from` is a git repository, whose history is kept, or a
 * plain directory, whose files become the first commit. Without it the repository is empty.
 */
export async function createBare(
  directory: string,
  options: { defaultBranch: string; from: string | undefined; author: { name: string; email: string } },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  await git(["init", "--bare", "--quiet", "--template=", "."], { cwd: directory });
  await writeFile(join(directory, "HEAD"), `ref: refs/heads/${options.defaultBranch}\n`);
  await appendFile(join(directory, "config"), CONFIG);
  await mkdir(join(directory, "hooks"), { recursive: true });
  await writeFile(join(directory, "hooks", "pre-receive"), PRE_RECEIVE);
  await chmod(join(directory, "hooks", "pre-receive"), 0o755);
  if (options.from === undefined) return;
  if (await isRepository(options.from)) await copyHistory(directory, options.from, options.defaultBranch);
  else await commitFiles(directory, options.from, options);
}

async function isRepository(directory: string): Promise<boolean> {
  const names = await readdir(directory);
  return names.includes(".git") || (names.includes("HEAD") && names.includes("objects"));
}

async function copyHistory(directory: string, from: string, defaultBranch: string): Promise<void> {
  const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
  await git(["fetch", "--quiet", from, ...refs], { cwd: directory });
  const there = await tryGit(["rev-parse", "--verify", "--quiet", `refs/heads/${defaultBranch}`], {
    cwd: directory,
  });
  if (there.code === 0) return;
  const head = await git(["rev-parse", "HEAD"], { cwd: from });
  await git(["update-ref", `refs/heads/${defaultBranch}`, head], { cwd: directory });
}

async function commitFiles(
  directory: string,
  from: string,
  options: { defaultBranch: string; author: { name: string; email: string } },
): Promise<void> {
  if (!(await stat(from)).isDirectory()) throw new Error(`${from} is not a directory`);
  const index = { GIT_DIR: directory, GIT_WORK_TREE: from, GIT_INDEX_FILE: join(directory, "seed-index") };
  const { name, email } = options.author;
  const author = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email };
  await git(["add", "--all", "--force", "."], { cwd: from, env: index });
  const tree = await git(["write-tree"], { cwd: from, env: index });
  const commit = await git(["commit-tree", tree, "-m", "Initial commit"], { cwd: directory, env: author });
  await git(["update-ref", `refs/heads/${options.defaultBranch}`, commit], { cwd: directory });
}
