import type { CallPart, Message, ResultPart } from "./models/model.ts";

/** Rough and on the safe side: code has about 3.5 characters to a token. */
const CHARACTERS_PER_TOKEN = 3.3;
const START_SHARE = 0.75;
/** Condensing far below the start keeps the prefix stable, and cached, for many steps. */
const END_SHARE = 0.4;
const KEPT_MESSAGES = 8;
const KEPT_CHARACTERS = 300;

/**
 * Shortens old tool results and old file contents in place when the conversation nears `limitTokens`.
 * The first message (issue, plan, open findings), the latest steps and the last failing command stay
 * whole. Answers whether anything was shortened.
 */
export function condense(messages: Message[], limitTokens: number, startShare = START_SHARE): boolean {
  let size = messages.reduce((sum, message) => sum + sizeOf(message), 0);
  if (size < limitTokens * startShare * CHARACTERS_PER_TOKEN) return false;
  const goal = limitTokens * Math.min(END_SHARE, startShare) * CHARACTERS_PER_TOKEN;
  const lastFailure = findLastFailure(messages);
  let any = false;
  for (const message of messages.slice(1, -KEPT_MESSAGES)) {
    if (size <= goal) break;
    const before = sizeOf(message);
    for (const part of message.parts) {
      if (part.type === "result" && part !== lastFailure) shortenResult(part);
      if (part.type === "call") shortenCall(part);
    }
    const saved = before - sizeOf(message);
    any ||= saved > 0;
    size -= saved;
  }
  return any;
}

function findLastFailure(messages: Message[]): ResultPart | undefined {
  const results = messages.flatMap((message) => message.parts.filter((part) => part.type === "result"));
  return results.findLast((part) => /^\[(?:exit code [1-9]|stopped)/.test(part.content));
}

function shortenResult(part: ResultPart): void {
  if (part.content.length <= KEPT_CHARACTERS * 2) return;
  const left = part.content.length - KEPT_CHARACTERS;
  part.content = `${part.content.slice(0, KEPT_CHARACTERS)}\n[${left} characters condensed away; call the tool again if you need them]`;
}

function shortenCall(part: CallPart): void {
  for (const [key, value] of Object.entries(part.input)) {
    if (typeof value === "string" && value.length > KEPT_CHARACTERS * 2) {
      part.input[key] = `${value.slice(0, KEPT_CHARACTERS)}\n[condensed]`;
    }
  }
}

function sizeOf(message: Message): number {
  return message.parts.reduce((sum, part) => {
    if (part.type === "text") return sum + part.text.length;
    if (part.type === "result") return sum + part.content.length;
    return sum + JSON.stringify(part.type === "call" ? part.input : part.value).length;
  }, 0);
}
