import { hidesInPath } from "./hidden.ts";

const FORBIDDEN_NAMES = new Set([".gitattributes", ".gitmodules"]);
/** What NTFS calls them for short, e.g. `GITATT~1`, `gi7eba~1`. */
const SHORT_NAMES = /^(?:gita(?:tt?)?|gitm(?:od?)?|gi7e[0-9a-f]{0,4}|gi7d[0-9a-f]{0,4})~\d+$/;
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Why a path must not be in a change, or undefined when it may. Covers what git itself, NTFS (`git~1`,
 * trailing dots, streams) and HFS+ (ignored code points) would fold into `.git`.
 *
 * @param standing `there`: the base has it, so nobody gives it its name now; only what is dangerous counts
 */
export function pathProblem(path: string, standing: "new" | "there" = "new"): string | undefined {
  if (path === "" || path.length > 1_000) return "The path is empty or too long.";
  if (path.startsWith("/")) return "The path must be relative to the repository.";
  return (standing === "new" ? nameProblem(path) : undefined) ?? gitProblem(path);
}

function nameProblem(path: string): string | undefined {
  if (hidesInPath(path)) return "The path has control, invisible or text-reordering characters.";
  if (path.includes("\\") || path.includes(":")) return "The path has a backslash or a colon.";
  if (path.startsWith("~")) return "The path must be relative to the repository.";
  return undefined;
}

function gitProblem(path: string): string | undefined {
  const parts = path.split("/");
  if (parts.some((part) => ["", ".", ".."].includes(part))) return "The path has an empty, `.` or `..` part.";
  // On Windows a backslash parts a path, too, and a colon names a stream of the file before it.
  for (const part of parts.flatMap((name) => name.split("\\"))) {
    const folded = foldPath(part)
      .replace(/:.*$/s, "")
      .replace(/[. ]{1,255}$/, "");
    if (folded === ".git" || /^git~\d+$/.test(folded)) return "The path leads into `.git`.";
    if (FORBIDDEN_NAMES.has(folded) || SHORT_NAMES.test(folded)) {
      return `\`${part}\` steers git itself and is refused.`;
    }
    if (part === "..") return "The path has a `..` part.";
  }
  return undefined;
}

/** How file systems that ignore case, composition or invisible characters know a path; the same for two: twins. */
export function foldPath(path: string): string {
  return path.replace(HFS_IGNORED, "").normalize("NFD").toLowerCase().normalize("NFC");
}

/**
 * New paths that cannot stand beside another on every machine, each with that other: one differs in case or
 * composition alone, or one is a folder where the other is a file.
 *
 * @param others paths that stay; new ones are compared among each other as well
 */
export function twins(paths: readonly string[], others: Iterable<string>): Map<string, string> {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  const found = new Map<string, string>();

  function put(path: string): string | undefined {
    const folded = foldPath(path);
    let twin = files.get(folded) ?? folders.get(folded);
    for (let at = folded.indexOf("/"); at >= 0; at = folded.indexOf("/", at + 1)) {
      const folder = folded.slice(0, at);
      twin ??= files.get(folder);
      if (!folders.has(folder)) folders.set(folder, path);
    }
    files.set(folded, path);
    return twin;
  }

  for (const path of others) put(path);
  for (const path of paths) {
    const twin = put(path);
    if (twin !== undefined) found.set(path, twin);
  }
  return found;
}

const BRANCH = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;

/** Branch names we accept from a person: a strict subset of what git allows, safe as an argument. */
export function isSafeBranch(name: string): boolean {
  if (!BRANCH.test(name)) return false;
  if (name.includes("..") || name.includes("//") || name.endsWith("/") || name.endsWith(".")) return false;
  return name
    .split("/")
    .every((part) => !part.startsWith(".") && !part.startsWith("-") && !part.endsWith(".lock"));
}

/** `aicd/issue-12-short-title` */
export function branchName(issueNumber: number, title: string): string {
  const slug = title
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  // An issue in a file has no number.
  const parts = [issueNumber === 0 ? "" : `issue-${issueNumber}`, slug].filter((part) => part !== "");
  return `aicd/${parts.join("-") || "issue"}`;
}
