import { accountByEmail } from "../accounts/account.ts";
import { changedFiles } from "../git/compare.ts";
import { type Commit, commitAt, type Person, readObject, readTree, type TreeEntry } from "../git/read.ts";
import { git } from "../git/run.ts";
import { pullsFrom } from "../pulls/sync.ts";
import { webUrl } from "../repositories/shape.ts";
import type { Repository } from "../world/types.ts";
import { connection, type PageArgs } from "./connection.ts";
import type { Scope, View } from "./scope.ts";

export function refView(scope: Scope, repository: Repository, name: string, oid: string): View {
  const prefix = /^refs\/[^/]+\//.exec(name)?.[0] ?? "refs/";
  const branch = name.slice(prefix.length);
  return {
    __typename: "Ref",
    id: `REF_${Buffer.from(`${repository.id}:${name}`).toString("base64url")}`,
    name: branch,
    prefix,
    repository: () => scope.view.repository(repository),
    target: () => objectView(scope, repository, oid),
    associatedPullRequests: (args: PageArgs) =>
      connection("associatedPullRequests", pullsFrom(repository, branch), args, scope.view.pull),
  };
}

/** Any git object by oid or expression, as the type it has. */
export async function objectView(scope: Scope, repository: Repository, spec: string): Promise<View | null> {
  const object = await readObject(scope.world, repository, spec);
  if (!object) return null;
  if (object.type === "commit") {
    const commit = await commitAt(scope.world, repository, object.oid);
    return scope.view.commit(repository, commit);
  }
  const common = gitObject(scope, repository, object.oid);
  if (object.type === "tree")
    return { __typename: "Tree", ...common, entries: () => entries(scope, repository, object.oid, "") };
  return { __typename: "Blob", ...common, ...blobFields(object.content) };
}

function blobFields(content: Buffer): View {
  const isBinary = content.includes(0);
  return {
    byteSize: content.length,
    isBinary,
    isTruncated: false,
    text: isBinary ? null : content.toString(),
  };
}

async function entries(scope: Scope, repository: Repository, oid: string, prefix: string): Promise<View[]> {
  const tree = (await readTree(scope.world, repository, oid)) ?? [];
  return tree.map((entry) => scope.view.treeEntry(repository, entry, `${prefix}${entry.name}`));
}

export function treeEntryView(scope: Scope, repository: Repository, entry: TreeEntry, path: string): View {
  return {
    __typename: "TreeEntry",
    name: entry.name,
    path,
    mode: Number.parseInt(entry.mode, 8),
    type: entry.type,
    oid: entry.oid,
    object: () => objectView(scope, repository, entry.oid),
  };
}

function gitObject(scope: Scope, repository: Repository, oid: string): View {
  const url = `${webUrl(scope.world, repository)}/commit/${oid}`;
  return {
    id: `GO_${Buffer.from(`${repository.id}:${oid}`).toString("base64url")}`,
    oid,
    abbreviatedOid: oid.slice(0, 7),
    commitUrl: url,
    commitResourcePath: new URL(url).pathname,
    repository: () => scope.view.repository(repository),
  };
}

interface HistoryArgs extends PageArgs {
  path?: string | null;
  since?: string | null;
  until?: string | null;
}

export function commitView(scope: Scope, repository: Repository, commit: Commit): View {
  const [headline = "", ...rest] = commit.message.trimEnd().split("\n");
  const common = gitObject(scope, repository, commit.oid);
  const load = async (oid: string) =>
    scope.view.commit(repository, await commitAt(scope.world, repository, oid));
  const files = () => changedFiles(scope.world, repository, commit.parents[0], commit.oid);
  const sum = async (key: "additions" | "deletions") =>
    (await files()).reduce((total, file) => total + file[key], 0);
  return {
    __typename: "Commit",
    ...common,
    url: common.commitUrl,
    resourcePath: common.commitResourcePath,
    message: commit.message.trimEnd(),
    messageHeadline: headline,
    messageBody: rest.join("\n").trim(),
    author: personView(scope, commit.author),
    committer: personView(scope, commit.committer),
    authoredDate: commit.author.date,
    committedDate: commit.committer.date,
    committedViaWeb: repository.signedCommits.has(commit.oid),
    signature: signatureView(scope, repository, commit),
    tree: () => objectView(scope, repository, commit.tree),
    parents: (args: PageArgs) => connection("parents", commit.parents, args, load),
    additions: () => sum("additions"),
    deletions: () => sum("deletions"),
    changedFilesIfAvailable: async () => (await files()).length,
    file: async (args: { path: string }) => {
      const tree = await readTree(scope.world, repository, commit.tree);
      const entry = tree?.find((each) => each.name === args.path);
      return entry ? treeEntryView(scope, repository, entry, args.path) : null;
    },
    history: async (args: HistoryArgs) => {
      const limits = [
        args.since ? [`--since=${args.since}`] : [],
        args.until ? [`--until=${args.until}`] : [],
      ].flat();
      const path = args.path ? ["--", args.path] : [];
      const out = await git(["rev-list", ...limits, commit.oid, ...path], { cwd: repository.directory });
      return connection("history", out.split("\n").filter(Boolean), args, load);
    },
  };
}

function personView(scope: Scope, person: Person): View {
  const account = accountByEmail(scope.world, person.email);
  return {
    __typename: "GitActor",
    name: person.name,
    email: person.email,
    date: person.date,
    user: account && account.type === "User" ? scope.view.account(account) : null,
  };
}

function signatureView(scope: Scope, repository: Repository, commit: Commit): View | null {
  if (!repository.signedCommits.has(commit.oid)) return null;
  return {
    __typename: "GpgSignature",
    isValid: true,
    state: "VALID",
    wasSignedByGitHub: true,
    email: "noreply@github.com",
    keyId: "B5690EEEBB952194",
    payload: commit.raw,
    signature: "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n",
    signer: null,
    verifiedAt: commit.committer.date,
    repository: () => scope.view.repository(repository),
  };
}
