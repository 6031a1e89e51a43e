import { z } from "zod";

const actor = z.object({ login: z.string(), id: z.number().int() });

/** Where an intent was uttered, so that it can be answered with a reaction at the very place. */
export const IntentSource = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("issue") }),
  z.object({ kind: z.literal("issue_comment"), commentId: z.number().int() }),
  z.object({ kind: z.literal("review"), reviewId: z.number().int(), nodeId: z.string() }),
  z.object({
    kind: z.literal("review_comment"),
    commentId: z.number().int(),
    /** The comment that opened the thread: GitHub takes replies to that one only. */
    inReplyTo: z.number().int().optional(),
  }),
  /** A button of our check run: nothing there takes a reaction, the check run itself shows what came of it. */
  z.object({ kind: z.literal("check_run"), checkRunId: z.number().int() }),
  z.object({ kind: z.literal("system") }),
  /** The public API: its answer is the HTTP response, so no reaction is owed. */
  z.object({ kind: z.literal("api") }),
]);
export type IntentSource = z.infer<typeof IntentSource>;

/** Where it was uttered GitHub lets us put a reaction. */
export function takesReaction({ kind }: IntentSource): boolean {
  return kind !== "system" && kind !== "api" && kind !== "check_run";
}

const flags = z.object({
  model: z.string().optional(),
  budgetUsd: z.number().optional(),
  base: z.string().optional(),
});

const onIssue = { issueNumber: z.number().int(), actor, source: IntentSource };

/** What a webhook asks, verified and permitted, in the words of the event it becomes if accepted. */
export const ThreadIntent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("task.requested"),
    ...onIssue,
    mode: z.enum(["wait", "auto"]),
    text: z.string(),
    flags,
  }),
  z.object({ type: z.literal("plan.approved"), ...onIssue, hash: z.string() }),
  z.object({ type: z.literal("plan.revised"), ...onIssue, text: z.string() }),
  z.object({
    type: z.literal("retry.requested"),
    ...onIssue,
    text: z.string(),
    flags,
    /** Nothing more is paid for: what there is is published, marked unfinished. */
    partial: z.boolean().optional(),
  }),
  z.object({ type: z.literal("task.cancelled"), ...onIssue, reason: z.string() }),
  z.object({
    type: z.literal("status.requested"),
    ...onIssue,
    verb: z.enum(["status", "explain", "ask", "doctor", "help"]),
    /** The question that is asked. */
    text: z.string().optional(),
  }),
  z.object({ type: z.literal("command.unclear"), ...onIssue, problem: z.string() }),
  z.object({
    type: z.literal("revision.requested"),
    pullRequestNumber: z.number().int(),
    reviewId: z.number().int(),
    /** A comment without words of its own: whether it asks for anything is in its inline comments. */
    bare: z.boolean(),
    actor,
    source: IntentSource,
  }),
  z.object({
    type: z.literal("pull_request.merged"),
    pullRequestNumber: z.number().int(),
    actor,
    source: IntentSource,
  }),
  z.object({
    type: z.literal("pull_request.retargeted"),
    pullRequestNumber: z.number().int(),
    /** The branch it is for now. */
    base: z.string(),
    actor,
    source: IntentSource,
  }),
  z.object({
    type: z.literal("pull_request.closed"),
    pullRequestNumber: z.number().int(),
    actor,
    source: IntentSource,
  }),
]);
export type ThreadIntent = z.infer<typeof ThreadIntent>;

/** The repository an intent speaks of, by GitHub's numeric ids: names can be recycled. */
export const InstalledRepository = z.object({
  installationId: z.number().int(),
  repositoryId: z.number().int(),
  owner: z.string(),
  name: z.string(),
});
export type InstalledRepository = z.infer<typeof InstalledRepository>;

/** Changes of an installation itself; no permission question arises, GitHub says so. */
export const InstallationIntent = z.object({
  type: z.literal("installation.changed"),
  installationId: z.number().int(),
});
export type InstallationIntent = z.infer<typeof InstallationIntent>;
