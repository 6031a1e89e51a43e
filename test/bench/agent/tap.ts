import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Tap = { url: string; stop(): Promise<void> };

/** Hop by hop, or wrong once the text has changed. */
const NOT_PASSED = new Set(["host", "connection", "content-length", "content-encoding", "transfer-encoding"]);

/**
 * A proxy that lets one look at the requests and at each event of the streamed answers, and change the
 * events. It keeps nothing: headers, and with them keys, only pass through.
 */
export async function startTap(options: {
  target: string;
  onRequest: (body: Record<string, unknown>) => void;
  /** May change the event in place. */
  onEvent: (event: Record<string, unknown>) => void;
  onEnd: (status: number) => void;
}): Promise<Tap> {
  const { target, onRequest, onEvent, onEnd } = options;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request);
    onRequest(JSON.parse(body === "" ? "{}" : body));
    const answer = await fetch(`${target}${request.url ?? ""}`, {
      method: request.method ?? "POST",
      headers: passed(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      ...(body === "" ? {} : { body }),
    });
    response.writeHead(answer.status, passed([...answer.headers]));
    for await (const line of linesOf(answer.body)) response.write(look(line, onEvent));
    onEnd(answer.status);
    response.end();
  }

  const server = createServer((request, response) => {
    pass(request, response).catch((error: unknown) => {
      // The client sees a cut connection, as it would from the vendor, and reacts as it does to one.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function look(line: string, onEvent: (event: Record<string, unknown>) => void): string {
  const json = /^data: (\{.*\})\s*$/.exec(line)?.[1];
  if (json === undefined) return line;
  const event = JSON.parse(json);
  onEvent(event);
  return `data: ${JSON.stringify(event)}\n`;
}

async function* linesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield `${line}\n`;
  }
  if (rest !== "") yield rest;
}

function passed(headers: [string, string][]): Record<string, string> {
  return Object.fromEntries(headers.filter(([name]) => !NOT_PASSED.has(name.toLowerCase())));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
