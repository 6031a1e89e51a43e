import { createHash } from "node:crypto";
import { z } from "zod";
import { HIDDEN_BEFORE } from "./hidden.ts";
import { LIMITS } from "./limits.ts";
import { cleanText, exact, text } from "./text.ts";

const TITLE_CHARACTERS = 200;
const SUMMARY_CHARACTERS = 20_000;

/** git file modes a ChangeSet may speak of; the policy refuses all but plain files. */
export const FileMode = z.enum(["100644", "100755", "120000", "160000"]);
export type FileMode = z.infer<typeof FileMode>;

export const FileChange = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("write"),
    path: exact(1_000).min(1),
    mode: FileMode,
    /** Mode on the base commit; null for a new file. */
    baseMode: FileMode.nullable(),
    contentBase64: z.base64(),
    /** Hidden characters the base's file has as well, by `hiddenBefore`; not there for none. */
    hiddenBefore: z
      .record(
        z
          .string()
          .regex(/^[0-9a-f-]+$/)
          .max(HIDDEN_BEFORE.characters),
        z.number().int().positive(),
      )
      .refine((sites) => Object.keys(sites).length <= HIDDEN_BEFORE.names)
      .optional(),
    /** Hosts and secrets, by `namesIn`, that the base's file has as well; not there for none. */
    knownBefore: z.array(exact(200)).max(1_000).optional(),
    /** A path of the base that a new one cannot stand beside on every machine, by `twins`. */
    twinOf: exact(1_000).optional(),
  }),
  z.object({ kind: z.literal("delete"), path: exact(1_000).min(1) }),
]);
export type FileChange = z.infer<typeof FileChange>;

/** The bounded edits a runner proposes on top of one commit. It is data: only the control plane writes. */
export const ChangeSet = z.object({
  baseSha: z.string().regex(/^[0-9a-f]{40}$/),
  files: z.array(FileChange).max(LIMITS.changedFiles * 10),
  title: text(TITLE_CHARACTERS).min(1),
  summary: text(SUMMARY_CHARACTERS),
});
export type ChangeSet = z.infer<typeof ChangeSet>;

/** sha256 (hex) of the canonical form; names the ChangeSet in approvals, commits and retries. */
export function changeSetDigest(changeSet: ChangeSet): string {
  const files = [...changeSet.files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const canonical = files.map((file) =>
    file.kind === "write" ? ["write", file.path, file.mode, file.contentBase64] : ["delete", file.path],
  );
  // As the schema leaves them, so that the sender's digest is the receiver's.
  const title = cleanText(changeSet.title, TITLE_CHARACTERS);
  const summary = cleanText(changeSet.summary, SUMMARY_CHARACTERS);
  return createHash("sha256")
    .update(JSON.stringify([changeSet.baseSha, canonical, title, summary]))
    .digest("hex");
}
