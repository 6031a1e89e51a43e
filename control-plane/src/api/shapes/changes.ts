import type { ChangeSetListRow, ChangeSetRow } from "@aicd/db";
import { z } from "zod";
import { idOf, Time, timeOf } from "./common.ts";

const CommitSha = z.string().nullable().describe("The commit it became; null until it was published.");

const FileView = z.object({
  path: z.string(),
  kind: z.enum(["write", "delete"]),
  mode: z.string().nullable().describe("git's mode of the new content; null for a deleted file."),
  isNew: z.boolean(),
  bytes: z.int().nullable(),
  contentBase64: z.string().optional().describe("The whole new content; only when asked for."),
});

export const ChangeSetView = z
  .object({
    id: idOf("changeSet"),
    digest: z.string().describe("sha256; its first twelve characters approve a blocked change."),
    baseSha: z.string(),
    commitSha: CommitSha,
    title: z.string(),
    summary: z.string(),
    files: z.array(FileView),
    createdAt: Time,
  })
  .meta({ id: "ChangeSet" });

export const ChangeSetSummary = z
  .object({
    id: idOf("changeSet"),
    digest: z.string(),
    attempt: z
      .object({ id: idOf("attempt"), number: z.int() })
      .describe("Who proposed it; one attempt may propose several, after each rejection one."),
    baseSha: z.string(),
    commitSha: CommitSha,
    partial: z.boolean().describe("A person had it published although it was not finished."),
    title: z.string(),
    files: z.int().nonnegative(),
    createdAt: Time,
  })
  .meta({ id: "ChangeSetSummary" });

export function changeSummaryOf(row: ChangeSetListRow): z.infer<typeof ChangeSetSummary> {
  const {
    id,
    digest,
    attempt: number,
    attemptId,
    baseSha,
    commitSha,
    partial,
    title,
    files,
    createdAt,
  } = row;
  const attempt = { id: attemptId, number };
  return { id, digest, attempt, baseSha, commitSha, partial, title, files, createdAt: timeOf(createdAt) };
}

export function changeSetOf(row: ChangeSetRow, content: boolean): z.infer<typeof ChangeSetView> {
  const { id, digest, commitSha, createdAt } = row;
  const { baseSha, title, summary } = row.body;
  const files = row.body.files.map((file) => {
    if (file.kind === "delete") {
      return { path: file.path, kind: file.kind, mode: null, isNew: false, bytes: null };
    }
    const { path, kind, mode, baseMode, contentBase64 } = file;
    const bytes = Buffer.byteLength(contentBase64, "base64");
    return { path, kind, mode, isNew: baseMode === null, bytes, ...(content ? { contentBase64 } : {}) };
  });
  return { id, digest, baseSha, commitSha, title, summary, files, createdAt: timeOf(createdAt) };
}
