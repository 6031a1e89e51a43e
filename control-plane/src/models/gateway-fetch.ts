import { Readable } from "node:stream";
import { AicdError, admitCall, ERROR_KINDS, modelProblem } from "@aicd/core";
import type { Deps } from "../deps.ts";
import type { Caller } from "./authenticate-caller.ts";
import { type Answer, openCall } from "./open-call.ts";

const PATH = /^\/(anthropic|openai)(\/.*)$/;

/**
 * The gateway for programs of this process: what may be asked, what is held and what is booked are the same as for a
 * runner's calls, and refusals look like the vendor's too.
 */
export function gatewayFetch(deps: Deps, caller: Caller): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const [, name, path = ""] = PATH.exec(new URL(request.url).pathname) ?? [];
    if (name !== "anthropic" && name !== "openai") throw new Error("The gateway has no such vendor.");
    const headers = Object.fromEntries(request.headers);
    const text = await request.text();
    const gone = (effect: () => void) => request.signal.addEventListener("abort", effect, { once: true });
    try {
      const call = admitCall({ wire: name, path, headers, body: JSON.parse(text) });
      const opened = openCall(deps, { name, path, call, caller, leave() {} }, gone);
      const answer = await unlessGone(opened, request.signal);
      const body = answer.body === undefined ? null : (Readable.toWeb(answer.body) as ReadableStream);
      return new Response(body, { status: answer.status, headers: answer.headers });
    } catch (error) {
      if (!(error instanceof AicdError)) throw error;
      const { kind, message } = error;
      return Response.json(modelProblem(kind, message), { status: ERROR_KINDS[kind].status });
    }
  };
}

/** Who hangs up waits no longer; what was asked is counted to its end all the same. */
async function unlessGone(opened: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const left = Promise.withResolvers<never>();
  const leave = () => {
    left.reject(signal.reason);
    opened.then(({ body }) => body?.destroy()).catch(() => undefined);
  };
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([opened, left.promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
