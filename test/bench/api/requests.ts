import { Agent, request } from "node:http";

export type Sample = { ms: number; status: number };

/** Requests one after another on each of a few kept connections; latencies in ms. */
export async function measure(
  url: string,
  input: { count: number; lanes: number; next: (index: number) => { path: string; token: string } },
): Promise<Sample[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: input.lanes });
  const samples: Sample[] = [];
  let index = 0;
  const lanes = Array.from({ length: input.lanes }, async () => {
    while (index < input.count) samples.push(await one(url, agent, input.next(index++)));
  });
  await Promise.all(lanes);
  agent.destroy();
  return samples;
}

export function one(
  url: string,
  agent: Agent,
  { path, token }: { path: string; token: string },
): Promise<Sample> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      { agent, headers: { authorization: `Bearer ${token}` } },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve({ ms: performance.now() - start, status: answer.statusCode ?? 0 }));
      },
    );
    sent.once("error", reject);
    sent.end();
  });
}

/** Holds a stream open and reports each event of a type with the time it came. */
export function watch(
  url: string,
  agent: Agent,
  input: { path: string; token: string; heard: (data: { type: string; body: { at?: number } }) => void },
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${input.path}`,
      { agent, headers: { authorization: `Bearer ${input.token}` } },
      (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`a stream answered ${answer.statusCode}`));
        answer.setEncoding("utf8");
        let text = "";
        answer.on("data", (chunk: string) => {
          text += chunk;
          const blocks = text.split("\n\n");
          text = blocks.pop() ?? "";
          for (const block of blocks) {
            const data = /^data: (.*)$/m.exec(block)?.[1];
            if (data !== undefined) input.heard(JSON.parse(data));
          }
        });
        answer.on("error", () => undefined);
        resolve(() => sent.destroy());
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}
