import { createHash } from "node:crypto";
import { z } from "zod";
import { LIMITS } from "./limits.ts";

/** git file modes a ChangeSet may speak of; the policy refuses all but plain files. */
export const FileMode = z.enum(["100644", "100755", "120000", "160000"]);
export type FileMode = z.infer<typeof FileMode>;

export const FileChange = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("write"),
    path: z.string().min(1).max(1_000),
    mode: FileMode,
    /** Mode on the base commit; null for a new file. */
    baseMode: FileMode.nullable(),
    contentBase64: z.base64(),
  }),
  z.object({ kind: z.literal("delete"), path: z.string().min(1).max(1_000) }),
]);
export type FileChange = z.infer<typeof FileChange>;

/** The bounded edits a runner proposes on top of one commit. It is data: only the control plane writes. */
export const ChangeSet = z.object({
  baseSha: z.string().regex(/^[0-9a-f]{40}$/),
  files: z.array(FileChange).max(LIMITS.changedFiles * 10),
  title: z.string().min(1).max(200),
  summary: z.string().max(20_000),
});
export type ChangeSet = z.infer<typeof ChangeSet>;

/** sha256 (hex) of the canonical form; names the ChangeSet in approvals, commits and retries. */
export function changeSetDigest(changeSet: ChangeSet): string {
  const files = [...changeSet.files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const canonical = files.map((file) =>
    file.kind === "write" ? ["write", file.path, file.mode, file.contentBase64] : ["delete", file.path],
  );
  return createHash("sha256")
    .update(JSON.stringify([changeSet.baseSha, canonical, changeSet.title, changeSet.summary]))
    .digest("hex");
}
