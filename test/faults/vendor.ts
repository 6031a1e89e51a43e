import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { startEngineer } from "../world/engineer.ts";

/** What a vendor does with the next call instead of answering it. */
type VendorFault = "late" | "done, then cut" | "throttled" | "overloaded";

/** A model vendor that keeps an account of its own, and fails when told to. */
export type Vendor = {
  url: string;
  /** Calls that came, whatever became of them. */
  received(): number;
  /** Of these, those that it did the work for and answered whole to somebody who was still there. */
  answered(): number;
  fail(fault: VendorFault): void;
  stop(): Promise<void>;
};

const LATE_MS = 8_000;

export async function startVendor(): Promise<Vendor> {
  const engineer = await startEngineer();
  const faults: VendorFault[] = [];
  let received = 0;
  let answered = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received += 1;
    const fault = faults.shift();
    if (fault === "throttled") return refuse(response, 429, "rate_limit_error");
    if (fault === "overloaded") return refuse(response, 529, "overloaded_error");
    if (fault === "late") await sleep(LATE_MS);
    const { method = "POST", url = "/", headers } = request;
    const answer = await fetch(engineer.url + url, {
      method,
      headers: { "content-type": "application/json", "x-api-key": String(headers["x-api-key"]) },
      body: Buffer.concat(chunks),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (fault === "done, then cut") return void response.destroy();
    response.once("finish", () => {
      answered += 1;
    });
    response.writeHead(answer.status, {
      "content-type": answer.headers.get("content-type") ?? "application/json",
    });
    response.end(body);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the vendor has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    received: () => received,
    answered: () => answered,
    fail: (fault) => void faults.push(fault),
    async stop() {
      server.closeAllConnections();
      server.close();
      await engineer.stop();
    },
  };
}

function refuse(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, { "content-type": "application/json", "retry-after": "1" });
  response.end(JSON.stringify({ type: "error", error: { type, message: "Not now." } }));
}
