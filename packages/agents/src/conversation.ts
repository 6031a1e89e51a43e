import type { CallPart, Message, ResultPart } from "./models/model.ts";

/**
 * What a model was told and answered. After a finish `open` is the call that still waits for its result: what
 * is said next to the model is that result, so that a conversation goes on where it stood.
 */
export type Conversation = { messages: Message[]; open: string | undefined };

export function newConversation(): Conversation {
  return { messages: [], open: undefined };
}

/** Says something to the model: as the result of the call it waits for, else in words. */
export function tell(conversation: Conversation, text: string): void {
  const { messages, open } = conversation;
  const last = messages.at(-1);
  const part =
    open === undefined
      ? ({ type: "text", text } as const)
      : ({ type: "result", callId: open, content: text, isError: false } as const);
  conversation.open = undefined;
  if (last?.role === "user") last.parts.push(part);
  else messages.push({ role: "user", parts: [part] });
}

/** The model has handed in by `call`; what its other calls came to is kept beside. */
export function leaveOpen(conversation: Conversation, call: CallPart, results: ResultPart[]): void {
  conversation.open = call.id;
  conversation.messages.push({ role: "user", parts: results });
}

export function callsOf(messages: readonly Message[]): CallPart[] {
  return messages.flatMap(({ parts }) => parts.filter((part) => part.type === "call"));
}
