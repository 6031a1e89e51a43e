import { expect, test, vi } from "vitest";
import { ApiError, ConnectionError, createClient } from "./index.ts";

const org = "ten_0";
const event = (id: string, count: number, end = "\n") =>
  [`id: ${id}.${count}`, "event: x", `data: {"id":"${id}"}`, "", ""].join(end);
const streamed = (...pieces: string[]) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    }),
  );
const over = () => new Response(null, { status: 204 });

/** Reads a stream of a task from the answers in turn, to its end. */
async function read(
  answers: (Response | Error)[],
  options: Partial<Parameters<typeof createClient>[0]> = {},
) {
  const resumed: (string | null)[] = [];
  const slept: number[] = [];
  const ids: string[] = [];
  const client = createClient({
    url: "https://aicd.example.com",
    sleep: async (ms) => void slept.push(ms),
    random: () => 0.5,
    fetch: async (_url, init) => {
      resumed.push(new Headers(init?.headers).get("last-event-id"));
      const answer = answers.shift();
      if (answer === undefined) throw new Error("one request more than the test expects");
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...options,
  });
  const error = await (async () => {
    for await (const { id } of client.streamEvents({ org, task: "tsk_1" })) ids.push(id);
  })().catch((reason: unknown) => reason);
  return { ids, resumed, slept, error };
}

test("takes a cut stream up behind the last event, passes each event on once, and ends when told", async () => {
  const { ids, resumed, error } = await read([
    streamed(`retry: 2000\n\n: hello\n\n${event("evt_1", 1)}${event("evt_2", 2)}id: evt_9`),
    new TypeError("terminated"),
    streamed(`${event("evt_2", 2)}${event("evt_3", 3)}`),
    over(),
  ]);

  expect(error).toBeUndefined();
  expect(ids).toEqual(["evt_1", "evt_2", "evt_3"]);
  expect(resumed).toEqual([null, "evt_2.2", "evt_2.2", "evt_3.3"]);
});

test.each([
  ["CRLF", "\r\n"],
  ["CR", "\r"],
  ["LF", "\n"],
])("reads lines that end with %s, wherever the pieces are cut", async (_, end) => {
  const text = `: hello${end}${end}${event("evt_1", 1, end)}${event("evt_2", 2, end)}: end${end}`;

  expect((await read([streamed(...text), over()])).ids).toEqual(["evt_1", "evt_2"]);
});

test("comes back when the server wants it to", async () => {
  const { slept } = await read([streamed(`retry: 7000\n\n${event("evt_1", 1)}`), over()]);

  expect(slept).toEqual([7_000]);
});

test("is patient while the server is away, and gives up when there was no sign of life for too long", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const sleep = async (ms: number) => void vi.setSystemTime(Date.now() + ms);
    const away = (count: number) => Array.from({ length: count }, () => new TypeError("fetch failed"));
    const options = { sleep, maxRetries: 0, totalTimeoutMs: 10_000 };

    const back = await read([...away(8), streamed(event("evt_1", 1)), ...away(8), over()], options);
    expect(back).toMatchObject({ ids: ["evt_1"], error: undefined });

    const gone = await read([streamed(event("evt_1", 1)), ...away(99)], options);
    expect(gone.error).toBeInstanceOf(ConnectionError);
    expect(gone.resumed.length).toBeLessThan(20);

    const mute = await read(
      Array.from({ length: 99 }, () => streamed("")),
      options,
    );
    expect(mute.error).toMatchObject({ message: expect.stringContaining("without a word") });
  } finally {
    vi.useRealTimers();
  }
});

test("what the API refuses and what is no event reaches the caller", async () => {
  const gone = { type: "urn:aicd:problem:missing", title: "t", status: 404, detail: "d", instance: "i" };
  const headers = { "content-type": "application/problem+json" };
  const refused = await read([
    streamed(event("evt_1", 1)),
    new Response(JSON.stringify(gone), { status: 404, headers }),
  ]);
  expect(refused.error).toBeInstanceOf(ApiError);

  const garbled = await read([streamed('id: evt_1.1\ndata: {"id\n\n')]);
  expect(garbled.error).toBeInstanceOf(SyntaxError);
});

test("a line on which nothing is said for long is dead, and another is opened", async () => {
  vi.useFakeTimers();
  try {
    const silent = new Response(
      new ReadableStream({ start: (controller) => controller.enqueue(bytes(event("evt_1", 1))) }),
    );
    const reading = read([silent, over()]);
    await vi.advanceTimersByTimeAsync(46_000);

    expect(await reading).toMatchObject({ ids: ["evt_1"], resumed: [null, "evt_1.1"], error: undefined });
  } finally {
    vi.useRealTimers();
  }
});

const bytes = (text: string) => new TextEncoder().encode(text);
