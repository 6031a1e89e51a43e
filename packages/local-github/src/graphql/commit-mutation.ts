import { signatureOf } from "../accounts/account.ts";
import { commitEdits } from "../git/commit.ts";
import { withLock } from "../git/lock.ts";
import { refMoved } from "../git/moved.ts";
import { plumbingOf } from "../git/plumbing.ts";
import { branchOid, type Commit, commitAt, entryAt } from "../git/read.ts";
import { git } from "../git/run.ts";
import { permissionsIn } from "../http/door.ts";
import { covers } from "../http/permissions.ts";
import { checkMove } from "../rules/branch.ts";
import { checkAgainstParent, checkCommitInput, type ParentTree } from "../rules/file-change.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { admit, GraphqlProblem, type Scope, type View } from "./scope.ts";

export interface CommitInput {
  branch: { id?: string | null; repositoryNameWithOwner?: string | null; branchName?: string | null };
  expectedHeadOid: string;
  message: { headline: string; body?: string | null };
  fileChanges?: {
    additions?: { path: string; contents: string }[] | null;
    deletions?: { path: string }[] | null;
  } | null;
}

export interface MadeCommit {
  repository: Repository;
  branch: string;
  oid: string;
}

/** `createCommitOnBranch`: one signed commit on top of the head the caller has seen, or nothing at all. */
export async function createCommit(scope: Scope, input: CommitInput): Promise<MadeCommit> {
  const { world } = scope;
  const { repository, branch } = target(scope, input.branch);
  const actor = admit(scope, repository, { app: ["contents:write"], user: "write" });
  const additions = input.fileChanges?.additions ?? [];
  const deletions = (input.fileChanges?.deletions ?? []).map((each) => each.path);
  checkCommitInput(input.message.headline, { additions, deletions });
  checkWorkflows(scope, repository, [...additions.map((each) => each.path), ...deletions]);

  return withLock(world, repository, async () => {
    const before = await branchOid(world, repository, branch);
    if (!before)
      throw new GraphqlProblem("NOT_FOUND", `Could not resolve to a Ref with the name '${branch}'.`);
    if (before !== input.expectedHeadOid) throw stale(input.expectedHeadOid);
    const parent = await commitAt(world, repository, before);
    await checkAgainstParent({ additions, deletions }, treeOf(world, repository, parent));
    const oid = await commitEdits(world, repository, parent, {
      edits: [
        ...deletions.map((path) => ({ path, content: undefined })),
        ...additions.map(({ path, contents }) => ({ path, content: Buffer.from(contents, "base64") })),
      ],
      message: [input.message.headline, input.message.body].filter(Boolean).join("\n\n"),
      author: signatureOf(actor.account),
    });
    const move = { ref: `refs/heads/${branch}`, before, after: oid };
    await checkMove(world, repository, actor.account, move);
    const moved = await plumbingOf(world, repository).moveRef(move.ref, oid, before);
    if (!moved) throw stale(input.expectedHeadOid);
    repository.signedCommits.add(oid);
    await refMoved(world, repository, move, actor);
    return { repository, branch, oid };
  });
}

export async function commitPayload(scope: Scope, made: MadeCommit): Promise<View> {
  const commit = await commitAt(scope.world, made.repository, made.oid);
  return {
    commit: scope.view.commit(made.repository, commit),
    ref: scope.view.ref(made.repository, `refs/heads/${made.branch}`, made.oid),
  };
}

function target(scope: Scope, branch: CommitInput["branch"]): { repository: Repository; branch: string } {
  if (branch.id) {
    const [id, name] = Buffer.from(branch.id.replace(/^REF_/, ""), "base64url").toString().split(/:(.*)/s);
    const repository = scope.world.repositories.get(Number(id));
    if (!repository || !name)
      throw new GraphqlProblem(
        "NOT_FOUND",
        `Could not resolve to a node with the global id of '${branch.id}'`,
      );
    return { repository, branch: name.replace(/^refs\/heads\//, "") };
  }
  const name = branch.repositoryNameWithOwner ?? "";
  const repository = scope.world.names.get(name.toLowerCase());
  if (!repository || !branch.branchName) {
    throw new GraphqlProblem("NOT_FOUND", `Could not resolve to a Repository with the name '${name}'.`);
  }
  return { repository, branch: branch.branchName.replace(/^refs\/heads\//, "") };
}

function treeOf(world: World, repository: Repository, commit: Commit): ParentTree {
  return {
    oid: commit.oid,
    entryAt: (path) => entryAt(world, repository, commit.tree, path),
    filesBelow: async (path) => {
      const args = ["ls-tree", "-r", "-z", "--name-only", commit.oid, "--", `${path}/`];
      return (await git(args, { cwd: repository.directory })).split("\0").filter(Boolean);
    },
  };
}

function checkWorkflows(scope: Scope, repository: Repository, paths: readonly string[]): void {
  const granted = permissionsIn(scope.identity, repository);
  const workflow = paths.find((path) => path.startsWith(".github/workflows/"));
  if (workflow && granted && !covers(granted, "workflows", "write")) {
    throw new GraphqlProblem(
      "FORBIDDEN",
      `refusing to allow a GitHub App to create or update workflow \`${workflow}\` without \`workflows\` permission`,
    );
  }
}

function stale(expected: string): GraphqlProblem {
  return new GraphqlProblem(
    "STALE_DATA",
    `Expected branch to point to "${expected}" but it did not. Pull and try again.`,
  );
}
