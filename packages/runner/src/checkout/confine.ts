import { lstat, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, sep } from "node:path";
import { AicdError, pathProblem } from "@aicd/core";

/**
 * The absolute place of a path an agent named, or AicdError `forbidden` when it is absolute, leaves
 * the workspace (by `..` or through a symlink) or leads into `.git`. `use: "write"` also refuses names
 * that steer git and symlinks as such, and names nobody should make; `restore` takes those, for a file the
 * base has.
 */
export async function confine(
  root: string,
  path: string,
  use: "read" | "write" | "restore",
): Promise<string> {
  const clean = tidy(path);
  if (!path.isWellFormed()) throw refusal(path.toWellFormed(), "It is not valid Unicode.");
  if (use !== "read") {
    const standing = use === "restore" || (await isThere(join(root, clean))) ? "there" : "new";
    const problem = pathProblem(clean, standing);
    if (problem !== undefined) throw refusal(path, problem);
  }
  const parts = clean.split("/");
  if (isAbsolute(path) || parts.includes("..") || path.includes("\0")) {
    throw refusal(path, "Paths are relative to the repository root and stay inside it.");
  }
  if (parts.some((part) => part.toLowerCase() === ".git")) throw refusal(path, "`.git` is off limits.");
  const place = join(root, clean);
  const real = await realPlace(place);
  const realRoot = await realpath(root);
  if (real !== realRoot && !real.startsWith(realRoot + sep)) {
    throw refusal(path, "It leads out of the repository through a symlink.");
  }
  if (real.slice(realRoot.length).split(sep)[1]?.toLowerCase() === ".git") {
    throw refusal(path, "It leads into `.git` through a symlink.");
  }
  if (use !== "read" && (await isSymlink(place))) throw refusal(path, "It is a symlink; write its target.");
  return place;
}

/** `./a//b/` → `a/b` */
export function tidy(path: string): string {
  const clean = normalize(path).split(sep).join("/").replace(/\/$/, "");
  return clean === "" ? "." : clean;
}

/** Where a path really is; for one that does not exist yet, by its nearest existing parent. */
async function realPlace(place: string): Promise<string> {
  try {
    return await realpath(place);
  } catch (error) {
    // A dangling symlink would be created through; its parent alone does not tell where it leads.
    if (await isSymlink(place)) throw refusal(place, "It is a broken symlink.");
    const parent = dirname(place);
    if (parent === place) throw error;
    return join(await realPlace(parent), place.slice(parent.length));
  }
}

async function isSymlink(place: string): Promise<boolean> {
  try {
    return (await lstat(place)).isSymbolicLink();
  } catch {
    // What is not there is no symlink.
    return false;
  }
}

async function isThere(place: string): Promise<boolean> {
  try {
    await lstat(place);
    return true;
  } catch {
    // Missing, or no path at all: the rules for new names have the word.
    return false;
  }
}

function refusal(path: string, why: string): AicdError {
  return new AicdError("forbidden", `\`${path.slice(-200)}\` is refused. ${why}`);
}
