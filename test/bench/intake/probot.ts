import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:net";
import { pino } from "pino";
import { Probot, Server } from "probot";
import { SECRET } from "./contract.ts";

/** Probot as its documentation starts it, with one handler for the event, that does nothing. */
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
// Probot takes port 0 for "not given".
const port = await new Promise<number>((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === "object" && address ? address.port : 3000));
  });
});
const log = pino({ level: "silent" });
const server = new Server({
  host: "127.0.0.1",
  port,
  log,
  Probot: Probot.defaults({ appId: 1, privateKey, secret: SECRET, log }),
});
await server.load((app) => {
  app.on("issues.opened", () => {});
});
await server.start();
process.send?.({ port });
process.once("disconnect", () => process.exit(0));
