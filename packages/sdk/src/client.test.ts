import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import {
  ApiError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  createClient,
  each,
  InvalidRequestError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ServerError,
} from "./index.ts";

type Seen = { method: string; url: string; headers: Headers; body: unknown };
const org = "ten_0";

/** A server that gives the answers in turn, and fails on one more. */
function scripted(answers: (Response | Error)[], options: Partial<Parameters<typeof createClient>[0]> = {}) {
  const seen: Seen[] = [];
  const slept: number[] = [];
  const client = createClient({
    url: "https://aicd.example.com/",
    token: "aicd_live_x",
    sleep: async (ms) => void slept.push(ms),
    random: () => 0.5,
    ...options,
    fetch: async (url, init) => {
      const { method = "", headers, body } = init ?? {};
      seen.push({ method, url: String(url), headers: new Headers(headers), body });
      const answer = answers.shift();
      if (answer === undefined) throw new Error("one request more than the test expects");
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { client, seen, slept };
}

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
const problem = (name: string, status: number, headers: Record<string, string> = {}) =>
  new Response(
    JSON.stringify({ type: `urn:aicd:problem:${name}`, title: "t", status, detail: "d", instance: "i" }),
    {
      status,
      headers: { "content-type": "application/problem+json; charset=utf-8", ...headers },
    },
  );

test("puts ids into the address, filters into the query and the key into the header", async () => {
  const { client, seen } = scripted([json({ items: [], next: null })]);

  await client.listTasks({ org, state: ["FAILED", "MERGED"], limit: 5 });

  expect(seen[0]?.url).toBe(
    "https://aicd.example.com/v1/organizations/ten_0/tasks?limit=5&state=FAILED&state=MERGED",
  );
  expect(seen[0]?.headers.get("authorization")).toBe("Bearer aicd_live_x");
});

test("repeats a write with the same idempotency key while the server is away or busy", async () => {
  const task = { id: "tsk_1" };
  const { client, seen, slept } = scripted([
    new TypeError("fetch failed"),
    problem("request-running", 409, { "retry-after": "1" }),
    problem("limited", 429, { "retry-after": "7" }),
    json(task, 201),
  ]);

  const made = await client.createTask({ org, body: { repository: "rep_1", issueNumber: 3 } });

  expect(made).toEqual(task);
  expect(new Set(seen.map(({ headers }) => headers.get("idempotency-key"))).size).toBe(1);
  expect(seen[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
  expect(slept).toEqual([250, 1_000, 7_000]);
});

test("repeats nothing that was refused", async () => {
  const { client, seen } = scripted([problem("conflict", 409)]);

  const refused = await client.cancelTask({ org, task: "tsk_1" }).catch((error: unknown) => error);

  expect(refused).toBeInstanceOf(ApiError);
  expect(refused).toMatchObject({ message: "d", problem: { type: "urn:aicd:problem:conflict" } });
  expect(seen).toHaveLength(1);
});

test.each([408, 429, 500, 502, 503, 504])(
  "tries again after a proxy's %i, whatever its body is",
  async (status) => {
    const { client, seen } = scripted([new Response("<h1>Sorry</h1>", { status }), json({ id: "tsk_1" })]);

    expect(await client.getTask({ org, task: "tsk_1" })).toEqual({ id: "tsk_1" });
    expect(seen).toHaveLength(2);
  },
);

test("waits until the date that a server names, and for nothing longer than a minute", async () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toUTCString();
  const patient = scripted([problem("limited", 429, { "retry-after": inSeconds(20) }), json({})]);
  await patient.client.getTask({ org, task: "tsk_1" });
  expect(patient.slept[0]).toBeGreaterThan(18_000);
  expect(patient.slept[0]).toBeLessThanOrEqual(20_000);

  const told = scripted([problem("limited", 429, { "retry-after": inSeconds(7_200) })]);
  const refused = told.client.getTask({ org, task: "tsk_1" });
  await expect(refused).rejects.toThrow(RateLimitError);
  await expect(refused).rejects.toMatchObject({ retryAfterMs: expect.closeTo(7_200_000, -4) });
  expect(told.slept).toEqual([]);
});

test("spreads its tries, so that many clients do not come back at one moment", async () => {
  const waits = async (random: number) => {
    const answers = [new TypeError("fetch failed"), new TypeError("fetch failed"), json({})];
    const { client, slept } = scripted(answers, { random: () => random });
    await client.getTask({ org, task: "tsk_1" });
    return slept;
  };

  expect(await waits(0)).toEqual([187.5, 750]);
  expect(await waits(1)).toEqual([312.5, 1_250]);
});

test("tries as often as it was told, by the client or by the call", async () => {
  const away = () => Array.from({ length: 9 }, () => new TypeError("fetch failed"));
  const once = scripted(away(), { maxRetries: 1 });
  await expect(once.client.getTask({ org, task: "tsk_1" })).rejects.toThrow(ConnectionError);
  expect(once.seen).toHaveLength(2);

  const never = scripted(away(), { maxRetries: 1 });
  await expect(never.client.getTask({ org, task: "tsk_1" }, { maxRetries: 0 })).rejects.toThrow(
    "https://aicd.example.com could not be reached.",
  );
  expect(never.seen).toHaveLength(1);
});

test("stops waiting at once when it is aborted, and says so", async () => {
  const stop = new AbortController();
  const { client } = scripted([problem("limited", 429, { "retry-after": "50" })], {
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener("abort", () => resolve());
        stop.abort(new Error("enough"));
      }),
  });

  await expect(client.getTask({ org, task: "tsk_1" }, { signal: stop.signal })).rejects.toThrow("enough");
});

test("a try that takes too long is given up, also while its answer is read", async () => {
  const late = (signal: AbortSignal | null | undefined) =>
    new Promise<never>((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  const tries: string[] = [];
  const client = createClient({
    url: "https://aicd.example.com",
    ...{ timeoutMs: 20, maxRetries: 1, sleep: async () => undefined },
    fetch: async (_url, init) => {
      tries.push("began");
      if (tries.length === 1) return late(init?.signal);
      return Object.assign(json({}), { json: () => late(init?.signal) });
    },
  });

  await expect(client.getTask({ org, task: "tsk_1" })).rejects.toThrow("did not answer within 0.02 s");
  expect(tries).toHaveLength(2);
});

test("all tries together take no longer than they may", async () => {
  const { client, slept } = scripted([problem("limited", 429, { "retry-after": "30" })], {
    totalTimeoutMs: 10_000,
  });

  await expect(client.getTask({ org, task: "tsk_1" })).rejects.toThrow(RateLimitError);
  expect(slept).toEqual([]);
});

test.each([
  [400, InvalidRequestError],
  [401, AuthenticationError],
  [403, PermissionError],
  [404, NotFoundError],
  [412, ConflictError],
  [501, ServerError],
])("a %i is an error of its own kind, with status, type and the request's id", async (status, Kind) => {
  const { client } = scripted([problem("some", status, { "x-request-id": "req_7" })]);

  const error = await client.getTask({ org, task: "tsk_1" }).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(Kind);
  expect(error).toMatchObject({ status, type: "urn:aicd:problem:some", requestId: "req_7" });
});

test("says so when something else answers", async () => {
  const { client } = scripted([new Response("<h1>Bad gateway</h1>", { status: 404 })]);

  await expect(client.getTask({ org, task: "tsk_1" })).rejects.toThrow("<h1>Bad gateway");
});

test("says at once where a redirect leads, and sends nothing there", async () => {
  const moved = new Response(null, { status: 308, headers: { location: "https://other.example.com/v1" } });
  const { client, seen } = scripted([moved]);

  await expect(client.getTask({ org, task: "tsk_1" })).rejects.toThrow(
    /redirects to https:\/\/other\.example\.com\. Make the client with the address/,
  );
  expect(seen).toHaveLength(1);
});

test.each([undefined, null, ""])("says at once which part of the address is missing: %j", async (task) => {
  const { client, seen } = scripted([]);

  await expect(client.getTask({ org, task: task as unknown as string })).rejects.toThrow(
    "getTask needs `task`",
  );
  expect(seen).toEqual([]);
});

test("gives what came besides the data to who asks for it", async () => {
  const answer = json({ id: "tsk_1" });
  for (const [name, value] of [
    ["etag", '"e1"'],
    ["x-request-id", "req_8"],
    ["ratelimit", '"caller";r=42;t=60'],
  ] as const)
    answer.headers.set(name, value);
  const { client } = scripted([answer]);

  const { data, response } = await client.getTask({ org, task: "tsk_1" }).withResponse();

  expect(data).toEqual({ id: "tsk_1" });
  expect(response).toMatchObject({
    ...{ status: 200, etag: '"e1"', requestId: "req_8", replayed: false },
    rateLimit: { remaining: 42, resetMs: 60_000 },
  });
});

test("says who it is", async () => {
  const { client, seen } = scripted([json({})]);
  await client.getTask({ org, task: "tsk_1" });

  const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  expect(seen[0]?.headers.get("user-agent")).toBe(`aicd-sdk/${version} node/${process.versions.node}`);
});

test("a list is walked to its end as it stands, with its filters on every page", async () => {
  const { client, seen } = scripted([json({ items: [1, 2], next: "c1" }), json({ items: [3], next: null })]);

  const rows: unknown[] = [];
  for await (const row of client.listTasks({ org, state: ["FAILED"] })) rows.push(row);

  expect(rows).toEqual([1, 2, 3]);
  expect(seen.map(({ url }) => url.split("?")[1])).toEqual(["state=FAILED", "cursor=c1&state=FAILED"]);
});

test("walks a list page after page", async () => {
  const { client, seen } = scripted([json({ items: [1, 2], next: "c1" }), json({ items: [3], next: null })]);

  const rows = await Array.fromAsync(each((page) => client.listMembers({ org, ...page })));

  expect(rows).toEqual([1, 2, 3]);
  expect(seen[1]?.url).toContain("cursor=c1");
});

test("an answer that only says it was taken is no broken one, and one that was cut off is", async () => {
  const { client } = scripted([new Response("", { status: 202 }), new Response("", { status: 200 })]);

  expect(await client.testWebhookEndpoint({ org, endpoint: "whe_0" })).toBeUndefined();
  await expect(client.listWebhookEndpoints({ org })).rejects.toThrow();
});
