import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import {
  type AdmittedCall,
  AicdError,
  admitCall,
  createCounter,
  ERROR_KINDS,
  type HeldCall,
  insistOnModel,
  LIMITS,
  modelProblem,
  type ProgramEnd,
  type ProgramRun,
} from "@aicd/core";

const RETURNED = ["content-type", "retry-after", "request-id", "x-request-id"] as const;

export type ModelProxy = {
  /** Why the last call got no answer; undefined when it did. */
  failure(): ProgramEnd["modelFailure"];
  close(): Promise<void>;
};

type Run = Pick<ProgramRun, "models" | "hold" | "signal">;

/**
 * The only way out of the sandbox: the vendor's wire format on a unix socket, for the agreed models, with the real
 * key put in on this side. What passes is what the model gateway would pass, and tokens are counted on the way back.
 */
export async function startModelProxy(socket: string, key: string, run: Run): Promise<ModelProxy> {
  let failure: ProgramEnd["modelFailure"];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (request.method !== "POST") throw new AicdError("missing", "There is only the model here.");
    if (keyOf(request) !== key) throw new AicdError("unauthenticated", "This is not the key of this run.");
    const body = await readBody(request);
    const call = admitCall({ wire: run.models.wire, path, headers: request.headers, body });
    insistOnModel(call.model, run.models.allowed);
    const held = run.hold({ model: call.model, worst: call.worst });
    if (held instanceof AicdError) throw held;
    failure = await pass(await ask(path, call, held), response, { call, held });
  }

  async function ask(path: string, call: AdmittedCall, held: HeldCall): Promise<Response> {
    try {
      return await send(path, call, run);
    } catch (cause) {
      held.settle();
      throw new AicdError("unavailable", "The model could not be reached.", { cause });
    }
  }

  function refuse(error: unknown, response: ServerResponse): void {
    const { kind, message } =
      error instanceof AicdError
        ? error
        : { kind: "broken" as const, message: "The call could not be made." };
    const { status } = ERROR_KINDS[kind];
    if (kind !== "missing") failure = { status, message };
    if (response.headersSent) return void response.destroy();
    const later = kind === "limited" || kind === "unavailable" ? { "retry-after": "5" } : {};
    response.writeHead(status, { "content-type": "application/json", ...later });
    response.end(JSON.stringify(modelProblem(kind, message)));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(error, response));
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

/** Hands the vendor's answer on as it comes, and settles what was held. @returns the vendor's refusal, if it is one */
async function pass(
  upstream: Response,
  response: ServerResponse,
  { call, held }: { call: AdmittedCall; held: HeldCall },
): Promise<ProgramEnd["modelFailure"]> {
  const headers = RETURNED.flatMap((name) => {
    const value = upstream.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  response.writeHead(upstream.status, Object.fromEntries(headers));
  const counter = createCounter(upstream.headers.get("content-type") ?? "", Buffer.byteLength(call.text));
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
  held.settle((upstream.ok || !estimated) && sum > 0 ? { model, tokens } : undefined);
  response.end();
  return upstream.ok ? undefined : { status: upstream.status, message: words.slice(0, 500) };
}

function keyOf(request: IncomingMessage): string {
  const own = request.headers["x-api-key"];
  return typeof own === "string" ? own : (request.headers.authorization ?? "").replace(/^bearer /i, "");
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).byteLength;
    if (size > LIMITS.modelBodyBytes) {
      throw new AicdError("too_large", "The conversation is larger than may be sent.");
    }
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (cause) {
    throw new AicdError("invalid", "The body is no JSON.", { cause });
  }
}

/** @throws Error when no answer begins */
async function send(
  path: string,
  call: AdmittedCall,
  { models, signal }: Pick<Run, "models" | "signal">,
): Promise<Response> {
  const headers = new Headers(call.headers);
  if (models.wire === "anthropic") headers.set("x-api-key", models.apiKey);
  else headers.set("authorization", `Bearer ${models.apiKey}`);
  const base = models.baseURL.replace(/(?:\/v1)?\/*$/, "");
  // A redirect would carry the key to an address nobody named.
  return fetch(`${base}${path}`, { method: "POST", headers, body: call.text, signal, redirect: "error" });
}
