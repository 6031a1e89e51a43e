import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { newPulse, within } from "./watch.ts";

it("waits on while there are signs of life, and no longer", async () => {
  let looks = 0;
  const pulse = {
    fetch,
    get atMs() {
      looks += 1;
      return looks < 4 ? performance.now() : Number.NEGATIVE_INFINITY;
    },
  };

  await expect(within(new Promise(() => undefined), 5, pulse)).rejects.toThrow("nothing came for 5 ms");

  expect(looks).toBe(4);
});

it("takes comments and pings of a stream, of which no event comes, for signs of life", async () => {
  const server = createServer((_, response) => response.end(": keep-alive\n\n")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const pulse = newPulse();
  const response = await pulse.fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  pulse.atMs = 0;

  const text = await response.text();
  server.close();

  expect(text).toBe(": keep-alive\n\n");
  expect(pulse.atMs).toBeGreaterThan(0);
});
