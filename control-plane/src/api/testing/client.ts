import type { World } from "./world.ts";

export type Sent = {
  method?: string;
  path: string;
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
};
export type Got = { status: number; headers: Headers; body: unknown; text: string };

/** One request as a program would send it. */
export async function send(world: Pick<World, "url">, request: Sent): Promise<Got> {
  const { method = "GET", path, token, body, headers } = request;
  const answer = await fetch(`${world.url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    redirect: "manual",
  });
  const text =
    answer.headers.get("content-type")?.startsWith("text/event-stream") === true ? "" : await answer.text();
  if (text === "" && answer.body !== null) await answer.body.cancel().catch(() => undefined);
  const isJson = answer.headers.get("content-type")?.includes("json") === true && !text.includes("}\n{");
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: isJson && text !== "" ? JSON.parse(text) : undefined,
  };
}
