import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { Inbox } from "@aicd/app";
import { createLogger, createRedactor, Secret } from "@aicd/ops";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import { expect, it } from "vitest";
import { loadApp } from "./app.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const CANARY = "canary-7f3a9c";
/** What translators decide by; everything else that is text is planted. */
const KEPT = new Set([
  "action",
  "type",
  "state",
  "ref",
  "default_branch",
  "conclusion",
  "user_type",
  "status",
]);

/** Every text of a payload replaced by one nobody may ever read in a log. */
function plant(value: unknown, name = ""): unknown {
  if (typeof value === "string") return KEPT.has(name) ? value : `${CANARY} /aicd ${value}`.slice(0, 300);
  if (Array.isArray(value)) return value.map((item) => plant(item, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plant(inner, key)]));
}

it("nothing of a delivery is in the log at trace level, whether it is handled or fails", async () => {
  expect(createPublicKey(privateKey).asymmetricKeyType).toBe("rsa");
  const lines: string[] = [];
  const log = createLogger({
    level: "trace",
    redactor: createRedactor(),
    sink: { write: (line) => void lines.push(line) },
  });
  let failing = false;
  const answer = async () => {
    if (failing) throw Object.assign(new Error("the database is away"), { request: { body: CANARY } });
    return undefined as never;
  };
  const inbox = new Proxy({}, { get: (_, name) => (name === "then" ? undefined : answer) }) as Inbox;
  const probot = await loadApp({
    app: {
      appId: 1,
      privateKey: new Secret(privateKey),
      webhookSecret: new Secret("hush-hush-hush"),
    } as Parameters<typeof loadApp>[0]["app"],
    baseUrl: "http://127.0.0.1:1",
    log,
    inbox,
  });
  const all = (examples as unknown as { name: string; examples: unknown[] }[]).flatMap(
    ({ name, examples: payloads }) => payloads.map((payload) => ({ name, payload: plant(payload) })),
  );

  let failures = 0;
  for (failing of [false, true]) {
    for (const { name, payload } of all) {
      const event = { id: "1", name, payload } as Parameters<typeof probot.receive>[0];
      await probot.receive(event).catch((err: unknown) => {
        failures += 1;
        log.error({ err }, "a delivery failed");
      });
    }
  }

  expect(failures).toBeGreaterThan(20);
  expect(lines.length).toBeGreaterThan(failures);
  expect(lines.filter((line) => line.includes(CANARY))).toEqual([]);
});
