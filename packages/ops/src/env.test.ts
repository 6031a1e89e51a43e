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

const Kinds = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).meta({ fix: "Use a port." }),
  HOURS: z.coerce.number().positive().max(24).optional(),
  LEVEL: z.enum(["low", "high"]).default("low"),
  WORD: z.enum(["one", "two", "three"]).optional(),
  OPEN: z.stringbool().optional(),
  SITE: z
    .url({ protocol: /^https?$/ })
    .transform((value) => value)
    .optional(),
  STORE: z.url({ protocol: /^postgres$/ }).optional(),
  ANY: z.url().optional(),
  API_KEY: z.enum(["none"]).optional(),
});

test.each([
  ["PORT", "80x", '"80x" is not a number. Use a port.'],
  ["PORT", "8o\n80", '"8o\\n80" is not a number. Use a port.'],
  ["PORT", "Infinity", '"Infinity" is not a number. Use a port.'],
  ["PORT", "1.5", '"1.5" is not a whole number. Use a port.'],
  ["PORT", "-1", '"-1" is too small: it has to be at least 0. Use a port.'],
  ["PORT", "-1.5", '"-1.5" is not a whole number. Use a port.'],
  ["PORT", "70000", '"70000" is too big: it has to be at most 65535. Use a port.'],
  ["PORT", "sk-live-0123456789abcdefghi", "a text of 27 characters is not a number. Use a port."],
  ["HOURS", "0", '"0" is too small: it has to be more than 0'],
  ["HOURS", "25", '"25" is too big: it has to be at most 24'],
  ["LEVEL", "loud", '"loud" is not low or high'],
  ["WORD", "e", '"e" is not one, two or three'],
  ["OPEN", "perhaps", '"perhaps" is not true or false'],
  ["SITE", "example.com", '"example.com" is not a URL that begins with https:// or http://'],
  ["SITE", "ada:hush@example.com", "what is set is not a URL that begins with https:// or http://"],
  ["SITE", "ftp://a:hush@b", "it begins with ftp:// and is not a URL that begins with https:// or http://"],
  ["SITE", "https://a:hush@", "what follows https:// is not a host with, perhaps, a port and a path"],
  ["STORE", "mysql://a:hush@b", "it begins with mysql:// and is not a URL that begins with postgres://"],
  ["ANY", "nothing", '"nothing" is not a whole URL'],
  ["API_KEY", "hush", "what is set is not none"],
])("says of %s=%j what was given and what is expected", (name, value, words) => {
  expect(failureOf({ [name]: value }, Kinds).problems).toEqual([`${name} is wrong: ${words}`]);
});

function failureOf(source: Record<string, string>, schema: z.ZodObject = Env): EnvError {
  try {
    parseEnv(schema, source);
  } catch (error) {
    if (error instanceof EnvError) return error;
  }
  throw new Error("it was accepted");
}
