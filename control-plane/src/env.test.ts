import { EnvError } from "@aicd/ops";
import { expect, it } from "vitest";
import { readConfig } from "./env.ts";

/** Every variable that is a number, a URL or one of some words, with something it cannot be. */
const WRONG = {
  AICD_ROLE: "wab",
  PORT: "80x",
  PROBE_PORT: "0",
  PUBLIC_URL: "aicd.example.com",
  DATABASE_URL: "mysql://root:hush-hush@db/aicd",
  REDIS_URL: "hush-hush",
  QDRANT_URL: "grpc://hush-hush@qdrant",
  APP_ID: "1.5",
  GITHUB_API_URL: "ftp://x",
  GITHUB_SERVER_URL: "github",
  ACTIONS_OIDC_ISSUER: "https://",
  GITHUB_WRITE_INTERVAL_MS: "-1",
  ANTHROPIC_BASE_URL: "api.anthropic.com",
  OPENAI_BASE_URL: "//hush-hush@api",
  STRIPE_API_BASE: "stripe",
  FRONTEND_ORIGIN: "app.example.com",
  API_REQUESTS_PER_MINUTE: "0",
  WEBHOOK_PRIVATE_ADDRESSES: "yes",
  HCLOUD_ENDPOINT: "hetzner",
  FLEET_SERVERS: "10001",
  FLEET_SERVERS_PER_TENANT: "few",
  FLEET_EUROS_PER_MONTH: "-1",
  FLEET_EUROS_PER_MONTH_PER_TENANT: "200 EUR",
  FLEET_MAX_HOURS: "25",
  FLEET_NETWORK: "0",
  FLEET_PROXY_URL: "https://proxy",
  LOG_LEVEL: "loud",
};

const { problems } = failureOf(WRONG);

it.each(Object.keys(WRONG))("says what is wrong with %s in words for people", (name) => {
  const told = problems.filter((problem) => problem.startsWith(`${name} `));

  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(new RegExp(`^${name} is wrong: .+\\. [A-Z].+`));
  expect(told[0]).not.toMatch(/Invalid|expected|received|NaN|Too (?:small|big)|regex|pattern|hush-hush/);
});

it("says of a port what was given, what is expected, and the fix", () => {
  expect(failureOf({ PORT: "80x" }).problems).toEqual([
    'PORT is wrong: "80x" is not a number. Use a port number such as 3000.',
  ]);
});

function failureOf(source: Record<string, string>): EnvError {
  try {
    readConfig(source);
  } catch (error) {
    if (error instanceof EnvError) return error;
  }
  throw new Error("it was accepted");
}
