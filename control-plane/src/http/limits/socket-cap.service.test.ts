import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterAll, expect, it } from "vitest";
import { capSockets } from "./socket-cap.ts";

const server = createServer((_, response) => response.end("here"));
capSockets(server, { perAddress: 3, exempt: ["127.0.0.9", "127.7.0.0/16"] });
server.listen(0, "0.0.0.0");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const opened: Socket[] = [];
afterAll(() => {
  for (const socket of opened) socket.destroy();
  server.close();
});

/** Whether a connection from this address of this machine is answered. */
async function answers(from: string): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: from });
  opened.push(socket);
  socket.on("error", () => undefined);
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  return Promise.race([once(socket, "data").then(() => true), once(socket, "close").then(() => false)]);
}

it("closes one address's connections beyond its share, and nobody else's", async () => {
  expect([await answers("127.0.0.2"), await answers("127.0.0.2"), await answers("127.0.0.2")]).toEqual([
    true,
    true,
    true,
  ]);

  expect(await answers("127.0.0.2")).toBe(false);
  expect(await answers("127.0.0.3")).toBe(true);
});

it("gives the share back with the connection", async () => {
  const [first] = opened;
  first?.destroy();
  await once(first as Socket, "close");

  await expect.poll(() => answers("127.0.0.2")).toBe(true);
});

it.each(["127.0.0.9", "127.7.1.2"])("counts nothing of a load balancer at %s", async (address) => {
  for (let i = 0; i < 5; i++) expect(await answers(address)).toBe(true);
});
