import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { createCounter, LIMITS, type ProgramEnd, type ProgramRun } from "@aicd/core";

/** What costs what we can count; a program that asks for more is told that it is not there. */
const PATHS = {
  anthropic: ["/v1/messages"],
  openai: ["/v1/responses", "/v1/chat/completions"],
} as const;
const PASSED = ["content-type", "accept", "anthropic-version", "anthropic-beta", "openai-beta"] as const;
const RETURNED = ["content-type", "retry-after", "request-id", "x-request-id"] as const;

export type ModelProxy = {
  /** Why the last call got no answer; undefined when it did. */
  failure(): ProgramEnd["modelFailure"];
  close(): Promise<void>;
};

/**
 * The only way out of the sandbox: the vendor's wire format on a unix socket, for the agreed models,
 * with the real key put in on this side. Tokens are counted as the answers pass.
 */
export async function startModelProxy(
  socket: string,
  key: string,
  run: Pick<ProgramRun, "models" | "refuse" | "onUsage" | "signal">,
): Promise<ModelProxy> {
  let failure: ProgramEnd["modelFailure"];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, message: string) => {
      if (status !== 404) failure = { status, message };
      const error = { type: "api_error", code: null, message };
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ type: "error", error }));
    };
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (!PATHS[run.models.wire].some((known) => known === path) || request.method !== "POST") {
      return refuse(404, "There is only the model here.");
    }
    if (keyOf(request) !== key) return refuse(401, "This is not the key of this run.");
    const body = await readBody(request);
    if (body === undefined) return refuse(413, "The conversation is larger than may be sent.");
    const model = typeof body.model === "string" ? body.model : "";
    if (!run.models.allowed.includes(model)) {
      return refuse(403, `The model ${model.slice(0, 100)} is not one this task may use.`);
    }
    const no = run.refuse();
    if (no !== undefined) return refuse(402, no);
    const text = JSON.stringify(shapeOf(path, body));
    const upstream = await send(path, request, text, run);
    if (upstream instanceof Error) return refuse(502, "The model could not be reached.");
    const call = { model, requestBytes: Buffer.byteLength(text), onUsage: run.onUsage };
    failure = await pass(upstream, response, call);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  return {
    failure: () => failure,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Hands the vendor's answer on as it comes, and counts it. @returns the vendor's refusal, if it is one */
async function pass(
  upstream: Response,
  response: ServerResponse,
  call: { model: string; requestBytes: number; onUsage: ProgramRun["onUsage"] },
): Promise<ProgramEnd["modelFailure"]> {
  const headers = RETURNED.flatMap((name) => {
    const value = upstream.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  response.writeHead(upstream.status, Object.fromEntries(headers));
  const counter = createCounter(upstream.headers.get("content-type") ?? "", call.requestBytes);
  let words = "";
  try {
    if (upstream.body !== null) {
      for await (const chunk of Readable.fromWeb(upstream.body as Parameters<typeof Readable.fromWeb>[0])) {
        counter.feed(chunk as Uint8Array);
        if (!upstream.ok && words.length < 500) words += String(chunk);
        response.write(chunk);
      }
    }
  } catch {
    // A stream that broke: what was counted stands, and the program sees the break.
    response.destroy();
  }
  const { tokens, model = call.model, estimated } = counter.end();
  const sum = tokens.input + tokens.output + tokens.cacheRead + tokens.cacheWrite;
  if ((upstream.ok || !estimated) && sum > 0) call.onUsage({ model, tokens });
  response.end();
  return upstream.ok ? undefined : { status: upstream.status, message: words.slice(0, 500) };
}

function keyOf(request: IncomingMessage): string {
  const own = request.headers["x-api-key"];
  return typeof own === "string" ? own : (request.headers.authorization ?? "").replace(/^bearer /i, "");
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).byteLength;
    if (size > LIMITS.modelBodyBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/**
 * Vendors' own tools search and browse on their side of the wall, at a price no token count shows, so
 * they are taken out. A streamed Chat Completions answer counts its tokens only when asked to.
 */
function shapeOf(path: string, body: Record<string, unknown>): Record<string, unknown> {
  const { tools } = body;
  const own = new Set(path === "/v1/messages" ? [undefined, "custom"] : ["function", "custom"]);
  const shaped = Array.isArray(tools)
    ? { ...body, tools: tools.filter((tool: { type?: string }) => own.has(tool.type)) }
    : body;
  if (path !== "/v1/chat/completions" || body.stream !== true) return shaped;
  return { ...shaped, stream_options: { include_usage: true } };
}

async function send(
  path: string,
  request: IncomingMessage,
  body: string,
  { models, signal }: Pick<ProgramRun, "models" | "signal">,
): Promise<Response | Error> {
  const headers = new Headers();
  for (const name of PASSED) {
    const value = request.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  if (models.wire === "anthropic") headers.set("x-api-key", models.apiKey);
  else headers.set("authorization", `Bearer ${models.apiKey}`);
  const base = models.baseURL.replace(/(?:\/v1)?\/*$/, "");
  try {
    // A redirect would carry the key to an address nobody named.
    return await fetch(`${base}${path}`, { method: "POST", headers, body, signal, redirect: "error" });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
