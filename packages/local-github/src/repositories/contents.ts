import { entryAt, readObject, readTree, resolveCommit, type TreeEntry } from "../git/read.ts";
import { base64Lines, READ } from "../git/routes.ts";
import { repositoryRoute } from "../http/door.ts";
import { GitHubError, notFound } from "../http/errors.ts";
import { ok, type Route } from "../http/route.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { apiUrl, webUrl } from "./shape.ts";

/** GitHub leaves the content of larger files out. */
const LARGEST_INLINE_BYTES = 1_048_576;

export const contentRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}/contents/{path}", READ, async (call) => {
    const { world, repository } = call;
    const commit = await resolveCommit(world, repository, call.query.ref);
    if (!commit)
      throw new GitHubError(404, `No commit found for the ref ${call.query.ref ?? repository.defaultBranch}`);
    const path = call.params.path.replace(/^\/+|\/+$/g, "");
    const entry = await entryAt(world, repository, commit.tree, path);
    if (!entry) throw notFound();
    const ref = call.query.ref ?? repository.defaultBranch;
    if (entry.type === "tree") {
      const entries = (await readTree(world, repository, entry.oid)) ?? [];
      return ok(
        await Promise.all(
          entries.map(async (each) => {
            const below = path ? `${path}/${each.name}` : each.name;
            const size =
              each.type === "blob"
                ? ((await readObject(world, repository, each.oid))?.content.length ?? 0)
                : 0;
            return contentShape(world, repository, { entry: each, path: below, ref, size });
          }),
        ),
      );
    }
    const content = (await readObject(world, repository, entry.oid))?.content ?? Buffer.alloc(0);
    if (/\braw\b/.test(call.accept)) {
      return {
        status: 200,
        body: content,
        headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" },
      };
    }
    const shape = contentShape(world, repository, { entry, path, ref, size: content.length });
    if (content.length > LARGEST_INLINE_BYTES) return ok({ ...shape, content: "", encoding: "none" });
    return ok({ ...shape, content: base64Lines(content), encoding: "base64" });
  }),
];

function contentShape(
  world: World,
  repository: Repository,
  item: { entry: TreeEntry; path: string; ref: string; size: number },
) {
  const { entry, path, ref, size } = item;
  const type = { blob: "file", tree: "dir", commit: "submodule" }[entry.type];
  const url = `${apiUrl(world, repository)}/contents/${encodeURI(path)}?ref=${encodeURIComponent(ref)}`;
  const git = `${apiUrl(world, repository)}/git/${entry.type}s/${entry.oid}`;
  const html = `${webUrl(world, repository)}/${entry.type}/${ref}/${encodeURI(path)}`;
  return {
    name: path.split("/").at(-1) ?? "",
    path,
    sha: entry.oid,
    size,
    url,
    html_url: html,
    git_url: git,
    download_url: entry.type === "blob" ? `${webUrl(world, repository)}/raw/${ref}/${encodeURI(path)}` : null,
    type,
    _links: { self: url, git, html },
  };
}
