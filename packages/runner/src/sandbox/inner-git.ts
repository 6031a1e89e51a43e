import { cp, lstat, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What commands find as the workspace's `.git`, and where its objects are laid beside it. */
export type InnerGit =
  /** A throw-away copy: what commands do to configuration, hooks and refs stays in it. */
  | { kind: "copy"; directory: string; objects: string }
  /** A file that leads elsewhere, or a directory that cannot be copied: shown, not to be written. */
  | { kind: "read-only" }
  | { kind: "none" };

/** Copied; hooks and configuration are not, they would be commands of the checkout for whoever runs git next. */
const COPIED = ["HEAD", "packed-refs", "refs", "shallow", "index", "info"] as const;
/** Laid over the copy from the checkout itself, so that big ones need no copying. */
export const SHARED = ["modules", "lfs"] as const;

/**
 * Makes the copy of the workspace's `.git` that commands get. The objects stay where they are, to be bound
 * read-only at `objects`, and the copy borrows from them.
 *
 * @param tempDir a directory of ours
 */
export async function copyGit(workspaceDir: string, tempDir: string): Promise<InnerGit> {
  const source = join(workspaceDir, ".git");
  const kind = await kindOf(source);
  if (kind !== "directory") return { kind: kind === "none" ? "none" : "read-only" };
  const directory = join(tempDir, "inner.git");
  const objects = join(tempDir, "objects");
  await rm(directory, { recursive: true, force: true });
  for (const made of [join(directory, "objects", "info"), join(directory, "refs"), objects]) {
    await mkdir(made, { recursive: true });
  }
  for (const name of COPIED) {
    if ((await kindOf(join(source, name))) === "none") continue;
    await cp(join(source, name), join(directory, name), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of SHARED) {
    if ((await kindOf(join(source, name))) === "directory") await mkdir(join(directory, name));
  }
  await writeFile(join(directory, "objects", "info", "alternates"), `${objects}\n`);
  await writeFile(join(directory, "config"), await plainConfig(source));
  return { kind: "copy", directory, objects };
}

/**
 * What git needs to read the repository, and the address of `origin`, which tests of release tools ask for;
 * nothing that names a program, a header or a password.
 */
async function plainConfig(source: string): Promise<string> {
  const text = await readFile(join(source, "config"), "utf8").catch(() => "");
  const format = /^\s*repositoryformatversion\s*=\s*(\d)\s*$/im.exec(text)?.[1] ?? "0";
  const hash = /^\s*objectformat\s*=\s*(sha1|sha256)\s*$/im.exec(text)?.[1];
  const url = originOf(text);
  return [
    `[core]\n\trepositoryformatversion = ${hash === undefined ? 0 : format}\n\tfilemode = true\n\tbare = false`,
    ...(hash === undefined ? [] : [`[extensions]\n\tobjectformat = ${hash}`]),
    ...(url === undefined ? [] : [`[remote "origin"]\n\turl = ${url}`]),
    "",
  ].join("\n");
}

/** The plain http(s) address without its user and password; any other kind is nobody's business in there. */
function originOf(config: string): string | undefined {
  const section = /^\[remote "origin"\]\s*\n((?:(?!\[).*\n?)*)/m.exec(config)?.[1] ?? "";
  const url = /^\s*url\s*=\s*(\S+)\s*$/m.exec(section)?.[1];
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return /^https?:$/.test(protocol) ? `${protocol}//${host}${pathname}` : undefined;
}

async function kindOf(place: string): Promise<"directory" | "other" | "none"> {
  try {
    return (await lstat(place)).isDirectory() ? "directory" : "other";
  } catch {
    // Absence is an answer.
    return "none";
  }
}

/** Which directory a file is, wherever it is seen from. */
export async function identityOf(place: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(place);
    return `${dev}:${ino}`;
  } catch {
    // Not there.
    return undefined;
  }
}
