import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { guidOf, makeBodies } from "./bodies.ts";
import { EVENT, SECRET } from "./contract.ts";

/**
 * Load from a process of its own: `node load.ts <port> <connections> <seconds> <run>`.
 * Every connection sends its next delivery when the last one is answered. Bodies are signed beforehand and
 * requests are written as bytes, because an HTTP client would use the processor that the server needs.
 * Prints one line of JSON.
 */
const [port = 0, connections = 32, seconds = 1, run = 0] = process.argv.slice(2).map(Number);

const GUID_LENGTH = 36;
const HEAD = [
  "POST /api/github/webhooks HTTP/1.1",
  `Host: 127.0.0.1:${port}`,
  "User-Agent: GitHub-Hookshot/044aadd",
  "Accept: */*",
  "Content-Type: application/json",
  "X-GitHub-Hook-ID: 292430182",
  "X-GitHub-Delivery: ",
].join("\r\n");
const requests = makeBodies().map((body) => {
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  const head = `${HEAD}${" ".repeat(GUID_LENGTH)}\r\nX-GitHub-Event: ${EVENT}\r\nX-Hub-Signature-256: sha256=${signature}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
});

const latencies: number[] = [];
const answered: number[] = [];
const refused: Record<number, number> = {};
let sent = 0;
const from = performance.now();
const until = from + seconds * 1_000;

await Promise.all(Array.from({ length: connections }, drive));
const elapsed = (performance.now() - from) / 1_000;
latencies.sort((a, b) => a - b);
const at = (share: number) =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
process.stdout.write(
  `${JSON.stringify({
    perSecond: answered.length / elapsed,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    refused,
    answered,
  })}\n`,
);

/** One connection, with one request and one answer in memory at a time. */
function drive(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = Buffer.alloc(Math.max(...requests.map(({ length }) => length)));
  const answer = Buffer.alloc(64 * 1024);
  let received = 0;
  let n = 0;
  let began = 0;
  const socket = connect({
    port,
    host: "127.0.0.1",
    noDelay: true,
    onread: {
      buffer: Buffer.alloc(64 * 1024),
      callback(bytes, chunk) {
        answer.set((chunk as Uint8Array).subarray(0, bytes), received);
        received += bytes;
        if (isWhole(answer, received)) settle();
        return true;
      },
    },
  });

  function next(): void {
    began = performance.now();
    if (began >= until) {
      socket.end();
      resolve();
      return;
    }
    n = sent++;
    const template = requests[n % requests.length] ?? request;
    template.copy(request);
    request.write(guidOf(run, n), HEAD.length, GUID_LENGTH, "latin1");
    socket.write(request.subarray(0, template.length));
  }

  function settle(): void {
    latencies.push(performance.now() - began);
    const status = Number(answer.toString("latin1", 9, 12));
    received = 0;
    if (status >= 200 && status < 300) answered.push(n);
    else refused[status] = (refused[status] ?? 0) + 1;
    next();
  }

  socket.once("connect", next);
  socket.once("error", reject);
  return promise;
}

function isWhole(answer: Buffer, received: number): boolean {
  const head = answer.indexOf("\r\n\r\n");
  if (head < 0 || head >= received) return false;
  const length = /content-length: (\d+)/i.exec(answer.toString("latin1", 0, head))?.[1] ?? "0";
  return received >= head + 4 + Number(length);
}
