import { unprocessable } from "../http/errors.ts";

/** Longer names do not fit into a file beside its `.lock`, and are refused. */
const LONGEST_NAME_BYTES = 244;

interface RefRule {
  /** Why the name is not taken. */
  because: string;
  refuses: (ref: string, others: readonly string[]) => boolean;
  /** What `git push` is told; the REST endpoint says the same to all. */
  push: (ref: string) => string[];
}

/**
 * Names git itself would take and GitHub does not. REST answers them all with the bare words of
 * docs.github.com "Create a reference", 422.
 */
const REF_RULES: readonly RefRule[] = [
  {
    // git-scm.com "git-check-ref-format": a ref is a file, so a branch cannot also be a directory of branches.
    because: "another ref is a directory of it, or it of another",
    refuses: (ref, others) =>
      others.some((other) => other.startsWith(`${ref}/`) || ref.startsWith(`${other}/`)),
    push: (ref) => [`cannot lock ref '${ref}'`],
  },
  {
    // docs.github.com "Dealing with special characters in branch and tag names", "Naming branches and tags".
    because: "it looks like the id of an object",
    refuses: (ref) => /^refs\/(?:heads|tags)\/[0-9a-f]{40}$/i.test(ref),
    push: (ref) => [
      "error: GH002: Sorry, branch or tag names consisting of 40 hex characters are not allowed.",
      `error: Invalid branch or tag name "${ref.replace(/^refs\/\w+\//, "")}"`,
    ],
  },
  {
    // docs.github.com "Checking out pull requests locally": the refs below `refs/pull/` are read-only.
    because: "GitHub keeps refs/pull for itself",
    refuses: (ref) => ref.startsWith("refs/pull/"),
    push: () => ["deny updating a hidden ref"],
  },
  {
    because: "the name is too long",
    refuses: (ref) => Buffer.byteLength(ref.replace(/^refs\/\w+\//, "")) > LONGEST_NAME_BYTES,
    push: (ref) => [`cannot lock ref '${ref}': File name too long`],
  },
];

/** Throws GitHub's 422 for a ref that may not be made beside the others. */
export function checkNewRef(ref: string, others: readonly string[]): void {
  if (REF_RULES.some((rule) => rule.refuses(ref, others))) throw unprocessable("Reference update failed");
}

/** Throws for a ref that nobody but GitHub moves or deletes. */
export function checkOwnRef(ref: string): void {
  if (ref.startsWith("refs/pull/")) throw unprocessable("Reference update failed");
}

/** What a push is told about a ref it would make; undefined when it may. */
export function refusedPush(ref: string, others: readonly string[]): string[] | undefined {
  return REF_RULES.find((rule) => rule.refuses(ref, others))?.push(ref);
}
