import { expect, test } from "vitest";
import { z } from "zod";
import { EnvError, parseEnv } from "./env.ts";
import { SecretText } from "./secret.ts";

const Env = z.object({
  PORT: z.coerce.number().int().max(65_535).default(3000),
  APP_ID: z.string().meta({ fix: "Copy it from the page of the GitHub App." }),
  DATABASE_URL: z.url({ protocol: /^postgres$/ }).meta({ fix: "It looks like postgres://host/name." }),
  WEBHOOK_SECRET: SecretText.optional(),
});

const GOOD = { APP_ID: "1", DATABASE_URL: "postgres://db/aicd" };

test("reads, defaults and hides", () => {
  const env = parseEnv(Env, { ...GOOD, WEBHOOK_SECRET: "hush-hush", OTHER: "ignored" });

  expect(env.PORT).toBe(3000);
  expect(env.WEBHOOK_SECRET?.reveal()).toBe("hush-hush");
  expect(JSON.stringify(env)).not.toContain("hush-hush");
});

test("an empty variable counts as unset", () => {
  expect(parseEnv(Env, { ...GOOD, PORT: "", WEBHOOK_SECRET: "" })).toMatchObject({ PORT: 3000 });
});

test("reports every problem at once, each with its fix", () => {
  const error = failureOf({ PORT: "many", DATABASE_URL: "mysql://db" });

  expect(error.problems).toHaveLength(3);
  expect(error.message).toMatch(/PORT is wrong: /);
  expect(error.message).toMatch(/APP_ID is not set\. Copy it from the page of the GitHub App\./);
  expect(error.message).toMatch(/DATABASE_URL is wrong: .*\. It looks like postgres:\/\/host\/name\./);
});

test("never repeats a value, even when the schema's own message does", () => {
  const Chatty = z.object({
    KEY: z.string().refine(() => false, { error: (issue) => `bad key ${String(issue.input)}` }),
  });

  expect(() => parseEnv(Chatty, { KEY: "sk-live-0123" })).toThrow(/KEY is wrong: bad key …/);
});

function failureOf(source: Record<string, string>): EnvError {
  try {
    parseEnv(Env, source);
  } catch (error) {
    if (error instanceof EnvError) return error;
  }
  throw new Error("it was accepted");
}
