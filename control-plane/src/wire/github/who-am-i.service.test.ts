import { generateKeyPairSync } from "node:crypto";
import { APP_ROLE, createDatabase, SYSTEM_ROLE } from "@aicd/db";
import { createTestDatabase } from "@aicd/db/testing";
import { createGitHubClients, OPEN_LANE } from "@aicd/github";
import { createLogger, createRedactor } from "@aicd/ops";
import { afterAll, expect, it } from "vitest";
import { whoAmI } from "./who-am-i.ts";

const database = await createTestDatabase();
afterAll(() => database.drop());
const db = createDatabase({
  app: database.createPool({ role: APP_ROLE }),
  system: database.createPool({ role: SYSTEM_ROLE }),
});
const log = createLogger({ level: "silent", redactor: createRedactor(), lines: "json" });
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();

/** A GitHub that answers every request with what `answer` gives. */
function ask(appId: number, answer: () => Promise<Response>) {
  const github = createGitHubClients({
    appId,
    privateKey: pem,
    baseUrl: "http://github",
    lane: OPEN_LANE,
    warn: () => undefined,
    fetch: answer,
    secondMs: 1,
  });
  return whoAmI(github, { db, appId, log });
}

const says = async () => Response.json({ slug: "ai-cd", html_url: "http://github/apps/ai-cd" });
const away = async () => Promise.reject(new TypeError("fetch failed"));

it("is what GitHub says, and while GitHub is away what it said last", async () => {
  await expect(ask(1, away)).rejects.toMatchObject({ kind: "unavailable" });
  expect(await ask(1, says)).toMatchObject({ slug: "ai-cd" });
  expect(await ask(1, away)).toMatchObject({ slug: "ai-cd", url: "http://github/apps/ai-cd" });
});

it("is never what it was when GitHub refuses the key", async () => {
  await ask(2, says);
  const refuses = async () => Response.json({ message: "Bad credentials" }, { status: 401 });

  await expect(ask(2, refuses)).rejects.toMatchObject({ status: 401 });
});
