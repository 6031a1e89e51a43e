import { unprocessable } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import { followRename } from "../pulls/retarget.ts";
import { closePullsOf } from "../pulls/sync.ts";
import { checkNewRef } from "../rules/ref.ts";
import { announce } from "../webhooks/announce.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { ZERO_OID } from "./git.ts";
import { withLock } from "./lock.ts";
import { announcePush } from "./moved.ts";
import { plumbingOf } from "./plumbing.ts";
import { branchOid } from "./read.ts";
import { isRefName, listRefs } from "./refs.ts";
import { git } from "./run.ts";

/** Gives a branch another name: what was to be merged into it follows, what came from it is closed. */
export function renameBranch(
  world: World,
  repository: Repository,
  names: { from: string; to: string },
  actor: Actor,
): Promise<void> {
  const { from, to } = names;
  return withLock(world, repository, async () => {
    const oid = await branchOid(world, repository, from);
    if (!oid) throw unprocessable("Branch not found");
    const ref = `refs/heads/${to}`;
    if (!isRefName(ref)) throw unprocessable(`${to} is not a valid branch name.`);
    const others = (await listRefs(repository)).map((each) => each.name);
    if (others.includes(ref)) throw unprocessable(`Branch ${to} already exists`);
    checkNewRef(
      ref,
      others.filter((each) => each !== `refs/heads/${from}`),
    );
    const plumbing = plumbingOf(world, repository);
    await plumbing.moveRef(`refs/heads/${from}`, ZERO_OID, oid);
    await plumbing.moveRef(ref, oid, ZERO_OID);
    repository.renamedBranches.set(from, to);
    repository.renamedBranches.delete(to);
    if (from === repository.defaultBranch) await moveDefault(world, repository, names, actor);
    await announcePush(world, repository, { ref, before: ZERO_OID, after: oid }, actor);
    await announcePush(world, repository, { ref: `refs/heads/${from}`, before: oid, after: ZERO_OID }, actor);
    followRename(world, repository, { from, to, oid }, actor);
    closePullsOf(world, repository, from, actor);
  });
}

async function moveDefault(
  world: World,
  repository: Repository,
  names: { from: string; to: string },
  actor: Actor,
): Promise<void> {
  repository.defaultBranch = names.to;
  await git(["symbolic-ref", "HEAD", `refs/heads/${names.to}`], { cwd: repository.directory });
  announce(world, {
    event: "repository",
    action: "edited",
    repository,
    sender: actor.account,
    payload: { changes: { default_branch: { from: names.from } } },
  });
}
