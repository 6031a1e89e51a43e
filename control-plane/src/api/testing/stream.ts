import type { World } from "./world.ts";

export type Message = { id: string; event: string; data: { id: string; type: string } };

/** Reads a stream of server-sent events as a browser would. */
export async function openStream(
  world: Pick<World, "url">,
  request: { path: string; token: string; lastEventId?: string },
): Promise<{
  status: number;
  next(): Promise<Message | undefined>;
  take(count: number): Promise<Message[]>;
  close(): void;
}> {
  const end = new AbortController();
  const answer = await fetch(`${world.url}${request.path}`, {
    headers: {
      authorization: `Bearer ${request.token}`,
      ...(request.lastEventId === undefined ? {} : { "last-event-id": request.lastEventId }),
    },
    signal: end.signal,
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";

  async function next(): Promise<Message | undefined> {
    for (;;) {
      const cut = text.indexOf("\n\n");
      if (cut >= 0) {
        const block = text.slice(0, cut);
        text = text.slice(cut + 2);
        const message = parse(block);
        if (message !== undefined) return message;
        continue;
      }
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return undefined;
      text += value;
    }
  }

  return {
    status: answer.status,
    next,
    async take(count) {
      const messages: Message[] = [];
      while (messages.length < count) {
        const message = await next();
        if (message === undefined) break;
        messages.push(message);
      }
      return messages;
    },
    close: () => end.abort(),
  };
}

function parse(block: string): Message | undefined {
  const fields = new Map(
    block
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const),
  );
  const data = fields.get("data");
  if (data === undefined) return undefined;
  return { id: fields.get("id") ?? "", event: fields.get("event") ?? "", data: JSON.parse(data) };
}
