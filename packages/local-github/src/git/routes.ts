import { type Need, repositoryRoute } from "../http/door.ts";
import { GitHubError, notFound, unprocessable } from "../http/errors.ts";
import { created, gone, ok, type Route, updated } from "../http/route.ts";
import { apiUrl } from "../repositories/shape.ts";
import { checkMove } from "../rules/branch.ts";
import { checkNewRef, checkOwnRef } from "../rules/ref.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { ZERO_OID } from "./git.ts";
import { withLock } from "./lock.ts";
import { refMoved } from "./moved.ts";
import { plumbingOf } from "./plumbing.ts";
import { readObject, readTree } from "./read.ts";
import { isRefName, listRefs, type Ref } from "./refs.ts";
import { isAncestor } from "./walk.ts";

export const READ: Need = { app: ["contents:read"], user: "read" };
const WRITE: Need = { app: ["contents:write"], user: "write" };

export const gitRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}/git/ref/{ref}", READ, async (call) => {
    const found = await findRef(call.world, call.repository, `refs/${call.params.ref}`);
    if (!found) throw notFound();
    return ok(refShape(call.world, call.repository, found));
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/git/matching-refs/{ref}", READ, async (call) => {
    const wanted = `refs/${call.params.ref}`;
    const refs = (await listRefs(call.repository)).filter((each) => each.name.startsWith(wanted));
    return ok(refs.map((each) => refShape(call.world, call.repository, each)));
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/git/refs", WRITE, (call) =>
    withLock(call.world, call.repository, async () => {
      const { world, repository, body } = call;
      if (!isRefName(body.ref)) throw unprocessable(`${body.ref} is not a valid ref name.`);
      if (await findRef(world, repository, body.ref)) throw unprocessable("Reference already exists");
      checkNewRef(
        body.ref,
        (await listRefs(repository)).map((each) => each.name),
      );
      const object = await commitFor(world, repository, body.ref, body.sha);
      const made = { ref: body.ref, before: ZERO_OID, after: object.oid };
      await checkMove(world, repository, call.actor.account, made);
      if (!(await plumbingOf(world, repository).moveRef(body.ref, object.oid, ZERO_OID))) {
        throw unprocessable("Reference already exists");
      }
      await refMoved(world, repository, made, call.actor);
      return created(refShape(world, repository, { ...object, name: body.ref }), `created ${body.ref}`);
    }),
  ),
  repositoryRoute("patch", "/repos/{owner}/{repo}/git/refs/{ref}", WRITE, (call) =>
    withLock(call.world, call.repository, async () => {
      const { world, repository, body } = call;
      const name = `refs/${call.params.ref}`;
      checkOwnRef(name);
      const before = await findRef(world, repository, name);
      if (!before) throw unprocessable("Reference does not exist");
      const object = await commitFor(world, repository, name, body.sha);
      if (!body.force && !(await isAncestor(world, repository, before.oid, object.oid))) {
        throw unprocessable("Update is not a fast forward");
      }
      const move = { ref: name, before: before.oid, after: object.oid };
      await checkMove(world, repository, call.actor.account, move);
      if (!(await plumbingOf(world, repository).moveRef(name, object.oid, before.oid))) {
        throw new GitHubError(409, "Reference cannot be updated");
      }
      if (before.oid !== object.oid) {
        await refMoved(world, repository, move, call.actor);
      }
      return updated(refShape(world, repository, { ...object, name }), `moved ${name} to ${object.oid}`);
    }),
  ),
  repositoryRoute("delete", "/repos/{owner}/{repo}/git/refs/{ref}", WRITE, (call) =>
    withLock(call.world, call.repository, async () => {
      const { world, repository } = call;
      const name = `refs/${call.params.ref}`;
      checkOwnRef(name);
      const before = await findRef(world, repository, name);
      if (!before) throw unprocessable("Reference does not exist");
      if (name === `refs/heads/${repository.defaultBranch}`)
        throw unprocessable("Cannot delete the default branch");
      const move = { ref: name, before: before.oid, after: ZERO_OID };
      await checkMove(world, repository, call.actor.account, move);
      await plumbingOf(world, repository).moveRef(name, ZERO_OID, before.oid);
      await refMoved(world, repository, move, call.actor);
      return gone(`deleted ${name}`);
    }),
  ),
  repositoryRoute("get", "/repos/{owner}/{repo}/git/blobs/{file_sha}", READ, async (call) => {
    const { world, repository } = call;
    const object = await byOid(world, repository, call.params.file_sha);
    if (object?.type !== "blob") throw notFound();
    return ok({
      sha: object.oid,
      node_id: `B_kwDO${Buffer.from(object.oid).toString("base64url")}`,
      size: object.content.length,
      url: `${apiUrl(world, repository)}/git/blobs/${object.oid}`,
      content: base64Lines(object.content),
      encoding: "base64",
    });
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/git/trees/{tree_sha}", READ, async (call) => {
    const { world, repository } = call;
    const wanted = call.params.tree_sha;
    const spec = /^[0-9a-f]{40}$/.test(wanted) ? wanted : `refs/heads/${wanted}`;
    const root = await readObject(world, repository, `${spec}^{tree}`);
    if (root?.type !== "tree") throw notFound();
    // GitHub goes into subtrees whenever the parameter is there, whatever its value.
    const tree = await treeEntries(world, repository, root.oid, call.query.recursive !== undefined, "");
    const url = `${apiUrl(world, repository)}/git/trees/${root.oid}`;
    return ok({ sha: root.oid, url, tree, truncated: false });
  }),
];

export async function findRef(world: World, repository: Repository, name: string): Promise<Ref | undefined> {
  if (!isRefName(name)) return undefined;
  const object = await readObject(world, repository, name);
  return object && { name, oid: object.oid, type: object.type };
}

/** What a ref may be set to: an object that is here, and a commit when the ref is a branch. */
async function commitFor(world: World, repository: Repository, name: string, oid: string) {
  const object = await byOid(world, repository, oid);
  if (!object) throw unprocessable("Object does not exist");
  if (name.startsWith("refs/heads/") && object.type !== "commit") {
    throw unprocessable("Reference update failed: a branch must point to a commit");
  }
  return object;
}

async function byOid(world: World, repository: Repository, oid: string) {
  return /^[0-9a-f]{40}$/.test(oid) ? await readObject(world, repository, oid) : undefined;
}

function refShape(world: World, repository: Repository, ref: Ref) {
  const api = apiUrl(world, repository);
  return {
    ref: ref.name,
    node_id: `REF_${Buffer.from(ref.name).toString("base64url")}`,
    url: `${api}/git/${ref.name}`,
    object: { sha: ref.oid, type: ref.type, url: `${api}/git/${ref.type}s/${ref.oid}` },
  };
}

/** GitHub breaks base64 every 60 characters. */
export function base64Lines(content: Buffer): string {
  return content.toString("base64").replaceAll(/.{60}/g, "$&\n");
}

async function treeEntries(
  world: World,
  repository: Repository,
  oid: string,
  recursive: boolean,
  prefix: string,
): Promise<Record<string, unknown>[]> {
  const api = apiUrl(world, repository);
  const out: Record<string, unknown>[] = [];
  for (const entry of (await readTree(world, repository, oid)) ?? []) {
    const path = `${prefix}${entry.name}`;
    const common = { path, mode: entry.mode, type: entry.type, sha: entry.oid };
    if (entry.type === "commit") out.push(common);
    else if (entry.type === "tree") out.push({ ...common, url: `${api}/git/trees/${entry.oid}` });
    else {
      const size = (await readObject(world, repository, entry.oid))?.content.length ?? 0;
      out.push({ ...common, size, url: `${api}/git/blobs/${entry.oid}` });
    }
    if (recursive && entry.type === "tree") {
      out.push(...(await treeEntries(world, repository, entry.oid, true, `${path}/`)));
    }
  }
  return out;
}
