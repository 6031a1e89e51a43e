import { LIMITS, type Transcript } from "@aicd/core";
import { z } from "zod";
import { CHARACTERS_PER_TOKEN, condense, forget } from "./condense.ts";
import { type Conversation, callsOf } from "./conversation.ts";
import type { Message } from "./models/model.ts";

/** Vendors keep what they have read for about as long after its last use. */
const CACHE_MS = 5 * 60_000;

const Text = z.object({ type: z.literal("text"), text: z.string() });
const Call = z.object({
  type: z.literal("call"),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
  malformed: z.string().exactOptional(),
});
const Opaque = z.object({ type: z.literal("opaque"), provider: z.string(), value: z.unknown() });
const Result = z.object({
  type: z.literal("result"),
  callId: z.string(),
  content: z.string(),
  isError: z.boolean(),
});
const Body = z.object({
  messages: z.array(
    z.discriminatedUnion("role", [
      z.object({ role: z.literal("user"), parts: z.array(z.discriminatedUnion("type", [Text, Result])) }),
      z.object({
        role: z.literal("assistant"),
        parts: z.array(z.discriminatedUnion("type", [Text, Call, Opaque])),
      }),
    ]),
  ),
  open: z.string().optional(),
  told: z.array(z.string()),
});

/** A conversation with what was told in it of people's words, so that only news are told later. */
export type Kept = { conversation: Conversation; told: string[] };

/** @returns undefined when it cannot be made small enough to be kept */
export function pack(
  kept: Kept,
  about: Pick<Transcript, "by" | "startSha" | "atMs">,
): Transcript | undefined {
  const { open } = kept.conversation;
  const messages = structuredClone(kept.conversation.messages);
  const write = () => JSON.stringify({ messages, open, told: kept.told }).toWellFormed();
  let body = write();
  for (let share = 1; body.length > LIMITS.transcriptCharacters && share > 0.1; share /= 2) {
    condense(messages, (LIMITS.transcriptCharacters * share) / CHARACTERS_PER_TOKEN);
    body = write();
  }
  return body.length > LIMITS.transcriptCharacters ? undefined : { ...about, body };
}

/**
 * The conversation to go on with; undefined where it is none of ours. One that no cache holds any more is paid for
 * anew, so of what was looked up only the files that `paths` name stay whole.
 */
export function unpack(
  transcript: Transcript,
  now: { by: string; nowMs: number; paths: ReadonlySet<string> },
): (Kept & { isCold: boolean }) | undefined {
  const parsed = Body.safeParse(parse(transcript.body));
  if (!parsed.success) return undefined;
  const { told, open } = parsed.data;
  const sameModel = transcript.by === now.by;
  const messages: Message[] = parsed.data.messages;
  for (const message of sameModel ? [] : messages) {
    // Reasoning is its own vendor's and model's only.
    if (message.role === "assistant") message.parts = message.parts.filter(({ type }) => type !== "opaque");
  }
  if (!isWhole(messages, open)) return undefined;
  const isCold = !sameModel || now.nowMs - transcript.atMs > CACHE_MS;
  if (isCold) forget(messages, now.paths);
  return { conversation: { messages, open }, told, isCold };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Cut, or another format: the work is described anew.
    return undefined;
  }
}

/** Vendors refuse a call without its result, and a result without its call. */
function isWhole(messages: readonly Message[], open: string | undefined): boolean {
  if (messages[0]?.role !== "user") return false;
  const calls = callsOf(messages).map(({ id }) => id);
  const results = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "result" ? [part.callId] : [])),
  );
  const answered = open === undefined ? results : [...results, open];
  return calls.length === answered.length && new Set([...calls, ...answered]).size === calls.length;
}
