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

const requests = makeBodies().map((body) => {
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  const tail = `\r\nX-GitHub-Event: ${EVENT}\r\nX-Hub-Signature-256: sha256=${signature}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(tail), body]);
});
const HEAD = `POST /api/github/webhooks HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: GitHub-Hookshot/044aadd\r\nAccept: */*\r\nContent-Type: application/json\r\nX-GitHub-Hook-ID: 292430182\r\nX-GitHub-Delivery: `;

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

function drive(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  let n = 0;
  let at = 0;
  let pending = "";

  function next(): void {
    at = performance.now();
    if (at >= until) {
      socket.end();
      resolve();
      return;
    }
    n = sent++;
    socket.cork();
    socket.write(HEAD + guidOf(run, n), "latin1");
    socket.write(requests[n % requests.length] ?? Buffer.alloc(0));
    socket.uncork();
  }

  socket.once("connect", next);
  socket.once("error", reject);
  socket.on("data", (chunk) => {
    pending += chunk.toString("latin1");
    const head = pending.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? 0);
    if (pending.length < head + 4 + length) return;
    const status = Number(pending.slice(9, 12));
    pending = "";
    latencies.push(performance.now() - at);
    if (status >= 200 && status < 300) answered.push(n);
    else refused[status] = (refused[status] ?? 0) + 1;
    next();
  });
  return promise;
}
