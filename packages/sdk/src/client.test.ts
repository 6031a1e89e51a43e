import { expect, test } from "vitest";
import { ApiError, createClient, each } from "./index.ts";

type Seen = { method: string; url: string; headers: Headers; body: unknown };
const org = "ten_0";

/** A server that gives the answers in turn, and fails on one more. */
function scripted(answers: (Response | Error)[]) {
  const seen: Seen[] = [];
  const slept: number[] = [];
  const client = createClient({
    url: "https://aicd.example.com/",
    token: "aicd_live_x",
    sleep: async (ms) => void slept.push(ms),
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

test("says so when something else answers", async () => {
  const { client } = scripted([new Response("<h1>Bad gateway</h1>", { status: 404 })]);

  await expect(client.getTask({ org, task: "tsk_1" })).rejects.toThrow("<h1>Bad gateway");
});

test("walks a list page after page", async () => {
  const { client, seen } = scripted([json({ items: [1, 2], next: "c1" }), json({ items: [3], next: null })]);

  const rows = await Array.fromAsync(each((page) => client.listMembers({ org, ...page })));

  expect(rows).toEqual([1, 2, 3]);
  expect(seen[1]?.url).toContain("cursor=c1");
});

test("takes a cut stream up behind the last event and passes each event on once", async () => {
  const event = (id: string, count: number) => `id: ${id}.${count}\nevent: x\ndata: {"id":"${id}"}\n\n`;
  const streamed = (text: string) => new Response(text, { headers: { "content-type": "text/event-stream" } });
  const { client, seen } = scripted([
    streamed(`retry: 2000\n\n: hello\n\n${event("evt_1", 1)}${event("evt_2", 2)}`),
    new TypeError("terminated"),
    streamed(`${event("evt_2", 2)}${event("evt_3", 3)}`),
  ]);

  const ids: string[] = [];
  for await (const { id } of client.streamEvents({ org, task: "tsk_1" })) {
    ids.push(id);
    if (ids.length === 3) break;
  }

  expect(ids).toEqual(["evt_1", "evt_2", "evt_3"]);
  expect(seen.map(({ headers }) => headers.get("last-event-id"))).toEqual([null, "evt_2.2", "evt_2.2"]);
});
