import type { CallPart, Message, ResultPart } from "./models/model.ts";
import { shortenData } from "./prompts/data.ts";
import { bound } from "./tools/bound.ts";

/** Rough and on the safe side: code has about 3.5 characters to a token. */
export const CHARACTERS_PER_TOKEN = 3.3;
const START_SHARE = 0.75;
/** Condensing far below the start keeps the prefix stable, and cached, for many steps. */
const END_SHARE = 0.4;
const KEPT_MESSAGES = 8;
/** When the latest messages alone are too much, fewer of them stay whole. */
const FEWER_MESSAGES = [4, 2, 1] as const;
const KEPT_CHARACTERS = 300;
/** What the task may take of a window that is too small for it, and any one of the latest results. */
const TASK_SHARE = 0.45;
const RESULT_SHARE = 0.1;

/**
 * Shortens old tool results, old file contents and old talk in place when the conversation nears
 * `limitTokens`. The task (issue, plan, open findings), the latest steps and the last failing command
 * stay whole while they fit; in a window too small for them the longest texts are cut, plan and findings
 * last.
 */
export function condense(messages: Message[], limitTokens: number): void {
  const limit = limitTokens * CHARACTERS_PER_TOKEN;
  if (charactersOf(messages) < limit * START_SHARE) return;
  const failure = findLastFailure(messages);
  shortenOld(messages, { keep: KEPT_MESSAGES, goal: limit * END_SHARE, failure });
  for (const keep of FEWER_MESSAGES) {
    if (charactersOf(messages) < limit * START_SHARE) return;
    shortenOld(messages, { keep, goal: limit * START_SHARE, failure });
  }
  if (charactersOf(messages) < limit * START_SHARE) return;
  for (const message of messages) boundResults(message, Math.floor(limit * RESULT_SHARE));
  for (const part of messages[0]?.parts ?? []) {
    if (part.type === "text") part.text = shortenData(part.text, Math.floor(limit * TASK_SHARE));
  }
}

/** Characters of a conversation as it is sent. */
export function charactersOf(messages: Message[]): number {
  return messages.reduce((sum, message) => sum + sizeOf(message), 0);
}

function shortenOld(
  messages: Message[],
  { keep, goal, failure }: { keep: number; goal: number; failure: ResultPart | undefined },
): void {
  let size = charactersOf(messages);
  for (const message of messages.slice(1, -keep)) {
    if (size <= goal) return;
    const before = sizeOf(message);
    for (const part of message.parts) {
      if (part.type === "result" && part !== failure) part.content = shorter(part.content, AGAIN);
      if (part.type === "call") shortenCall(part);
      if (part.type === "text" && message.role === "assistant") part.text = shorter(part.text, "");
    }
    size -= before - sizeOf(message);
  }
}

/** Looks of a conversation that is begun again: what they showed is kept where `paths` name it. */
export function forget(messages: Message[], paths: ReadonlySet<string>): void {
  const looked = new Map(
    messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === "call" ? [[part.id, part]] : []))),
  );
  for (const message of messages) {
    for (const part of message.parts) {
      if (part.type !== "result") continue;
      const call = looked.get(part.callId);
      const isMeant = call?.name === "read" && paths.has(String(call.input.path));
      if (!isMeant) part.content = shorter(part.content, AGAIN);
    }
  }
}

const AGAIN = "; call the tool again if you need them";

function shorter(text: string, advice: string): string {
  if (text.length <= KEPT_CHARACTERS * 2) return text;
  const left = text.length - KEPT_CHARACTERS;
  return `${text.slice(0, KEPT_CHARACTERS)}\n[${left} characters condensed away${advice}]`;
}

function shortenCall(part: CallPart): void {
  for (const [key, value] of Object.entries(part.input)) {
    if (typeof value === "string" && value.length > KEPT_CHARACTERS * 2) {
      part.input[key] = `${value.slice(0, KEPT_CHARACTERS)}\n[condensed]`;
    }
  }
}

function boundResults(message: Message, characters: number): void {
  for (const part of message.parts) {
    if (part.type === "result") part.content = bound(part.content, characters);
  }
}

function findLastFailure(messages: Message[]): ResultPart | undefined {
  const results = messages.flatMap((message) => message.parts.filter((part) => part.type === "result"));
  return results.findLast((part) => /^\[(?:exit code [1-9]|stopped)/.test(part.content));
}

function sizeOf(message: Message): number {
  return message.parts.reduce((sum, part) => {
    if (part.type === "text") return sum + part.text.length;
    if (part.type === "result") return sum + part.content.length;
    return sum + JSON.stringify(part.type === "call" ? part.input : part.value).length;
  }, 0);
}
