const FORBIDDEN_NAMES = new Set([".gitattributes", ".gitmodules"]);
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Why a path must not be written in a repository, or undefined when it may. Covers what git itself,
 * NTFS (`git~1`, trailing dots, streams) and HFS+ (ignored code points) would fold into `.git`.
 */
export function pathProblem(path: string): string | undefined {
  if (path === "" || path.length > 1_000) return "The path is empty or too long.";
  if (CONTROL.test(path)) return "The path has control, invisible or text-reordering characters.";
  if (path.includes("\\") || path.includes(":")) return "The path has a backslash or a colon.";
  if (path.startsWith("/") || path.startsWith("~")) return "The path must be relative to the repository.";
  for (const part of path.split("/")) {
    if (part === "" || part === "." || part === "..") return "The path has an empty, `.` or `..` part.";
    const folded = part
      .normalize("NFC")
      .replace(HFS_IGNORED, "")
      .toLowerCase()
      .replace(/[. ]{1,255}$/, "");
    if (folded === ".git" || folded === "git~1") return "The path leads into `.git`.";
    if (FORBIDDEN_NAMES.has(folded) || /^gi(?:tat|7eb|7d2)[0-9a-f]{0,4}~\d$/.test(folded)) {
      return `\`${part}\` steers git itself and is refused.`;
    }
  }
  return undefined;
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
