import { signatureOf } from "../accounts/account.ts";
import type { Actor } from "../http/route.ts";
import { loseBase } from "../pulls/retarget.ts";
import { closePullsOf, syncPullsOf, touchPullsInto } from "../pulls/sync.ts";
import { apiUrl, webUrl } from "../repositories/shape.ts";
import { announce, isHeard } from "../webhooks/announce.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { changedFiles } from "./compare.ts";
import { ZERO_OID } from "./git.ts";
import { branchOid, type Commit, commitAt, readCommit } from "./read.ts";
import { isAncestor, relate } from "./walk.ts";

export interface RefMove {
  /** Full ref name. */
  ref: string;
  before: string;
  after: string;
}

/** GitHub leaves further commits out of a push payload. */
const MOST_COMMITS = 2048;

/** What follows from a ref having moved, whoever moved it: pull requests follow, and the push is announced. */
export async function refMoved(
  world: World,
  repository: Repository,
  move: RefMove,
  actor: Actor,
): Promise<void> {
  repository.pushedAt = world.now();
  repository.updatedAt = repository.pushedAt;
  await announcePush(world, repository, move, actor);
  if (!move.ref.startsWith("refs/heads/")) return;
  const branch = move.ref.slice("refs/heads/".length);
  if (move.after === ZERO_OID) {
    closePullsOf(world, repository, branch, actor);
    await loseBase(world, repository, branch, actor);
    return;
  }
  await syncPullsOf(world, repository, branch, move.after, actor);
  touchPullsInto(repository, branch, move.after);
}

/** Tells of a ref that moved; pull requests are followed elsewhere. */
export async function announcePush(
  world: World,
  repository: Repository,
  move: RefMove,
  actor: Actor,
): Promise<void> {
  if (!isHeard(world, repository, "push")) return;
  const payload = await pushPayload(world, repository, move, actor);
  announce(world, { event: "push", action: null, repository, sender: actor.account, payload });
}

async function pushPayload(world: World, repository: Repository, move: RefMove, actor: Actor) {
  const created = move.before === ZERO_OID;
  const deleted = move.after === ZERO_OID;
  const web = webUrl(world, repository);
  const head = deleted ? undefined : await readCommit(world, repository, move.after);
  const from = created ? await startOf(world, repository, move) : move.before;
  const oids = deleted || !from ? [] : (await relate(world, repository, from, move.after)).commits;
  const commits = await Promise.all(
    oids.slice(-MOST_COMMITS).map((oid) => commitPayload(world, repository, oid)),
  );
  const forced = !created && !deleted && !(await isAncestor(world, repository, move.before, move.after));
  return {
    ref: move.ref,
    before: move.before,
    after: move.after,
    created,
    deleted,
    forced,
    base_ref: null,
    compare: `${web}/compare/${move.before.slice(0, 12)}...${move.after.slice(0, 12)}`,
    commits,
    head_commit: head ? await commitPayload(world, repository, head.oid) : null,
    pusher: { name: actor.account.login, email: signatureOf(actor.account).email },
  };
}

/** A new branch is compared with the default branch, so that only its own commits are listed. */
async function startOf(world: World, repository: Repository, move: RefMove): Promise<string | undefined> {
  const start = await branchOid(world, repository, repository.defaultBranch);
  return start === move.after ? undefined : start;
}

async function commitPayload(world: World, repository: Repository, oid: string) {
  const commit = await commitAt(world, repository, oid);
  const files = await changedFiles(world, repository, commit.parents[0], oid);
  const named = (status: string) =>
    files.filter((file) => file.status === status).map((file) => file.filename);
  const person = ({ name, email, date }: Commit["author"]) => ({ name, email, date });
  return {
    id: oid,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message.trimEnd(),
    timestamp: commit.committer.date,
    url: `${apiUrl(world, repository)}/commits/${oid}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: named("added"),
    removed: named("removed"),
    modified: files
      .filter((file) => !["added", "removed"].includes(file.status))
      .map((file) => file.filename),
  };
}
