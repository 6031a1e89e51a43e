import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { AicdError, type OwnPrices, readOwnPrices, readSalesPlans, type SalesPlans } from "@aicd/core";
import { EnvError, nearNames, parseEnv, Secret, SecretText } from "@aicd/ops";
import { z } from "zod";
import { FLEET_VARIABLES, fleetProblems } from "./fleet-env.ts";

const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/$/, ""));
const fix = (text: string) => ({ fix: text });

/** A URL with a password in it, of one of these kinds. */
function secretUrl(...protocols: string[]) {
  return z
    .string()
    .refine((value) => protocols.includes(URL.parse(value)?.protocol ?? ""), {
      error: ({ input }) =>
        `${/^[a-z+]{1,20}:/.exec(String(input))?.[0] ?? "this"} is not ${protocols.join(" or ")}`,
    })
    .transform((value) => new Secret(value));
}

/** What an operator's file says, as `read` understands it. */
function fileOf<T>(read: (text: string) => T) {
  return (path: string, context: z.core.$RefinementCtx<string>): T => readFile(path, context, read);
}

function readFile<T>(path: string, context: z.core.$RefinementCtx<string>, read: (text: string) => T): T {
  try {
    return read(readFileSync(path, "utf8"));
  } catch (error) {
    const message = error instanceof AicdError ? error.message : "it cannot be read";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }
}

const KEY_BYTES = 32;

function keyLengths(value: string): number[] {
  return value.split(",").map((part) => Buffer.from(part.trim(), "base64").byteLength);
}

/** Every variable is optional: without any, all parts are the embedded ones. */
const ControlPlaneEnv = z.object({
  AICD_DIRECTORY: z.string().default(".aicd").meta(fix("Name a directory that may be written.")),
  APP_FILE: z
    .string()
    .optional()
    .meta(
      fix("Name the file in which the setup page stores the GitHub App, in a directory all processes see."),
    ),
  PATH: z
    .string()
    .default("/usr/local/bin:/usr/bin:/bin")
    .meta(fix("List the directories programs such as git are in.")),
  AICD_ROLE: z.enum(["all", "web", "worker"]).default("all").meta(fix("Use all, web or worker.")),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).meta(fix("Use a port number such as 3000.")),
  PROBE_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .meta(
      fix("Use a port number such as 3000; a worker answers probes and metrics there, and nothing else."),
    ),
  HOST: z.string().default("127.0.0.1").meta(fix("Use 0.0.0.0 to listen on all interfaces.")),
  PUBLIC_URL: url
    .optional()
    .meta(fix("Give the address under which GitHub reaches this server, e.g. https://aicd.example.com.")),
  DATABASE_URL: secretUrl("postgres:", "postgresql:")
    .optional()
    .meta(fix("Use postgres://user:password@host:5432/database.")),
  REDIS_URL: secretUrl("redis:", "rediss:").optional().meta(fix("Use redis://host:6379.")),
  QDRANT_URL: url.optional().meta(fix("Use http://host:6333.")),
  QDRANT_API_KEY: SecretText.optional().meta(fix("Copy the key from the Qdrant server's configuration.")),
  APP_ID: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .meta(fix("Copy the App ID from the GitHub App's settings page.")),
  PRIVATE_KEY: SecretText.optional().meta(fix("Paste the PEM, or set PRIVATE_KEY_PATH.")),
  PRIVATE_KEY_PATH: z.string().optional().meta(fix("Name the .pem file of the GitHub App.")),
  WEBHOOK_SECRET: SecretText.optional().meta(
    fix("Use the webhook secret of the GitHub App's settings page."),
  ),
  WEBHOOK_SECRET_PREVIOUS: SecretText.optional().meta(
    fix("Set it only while the webhook secret is being changed."),
  ),
  GHE_HOST: z
    .string()
    .regex(/^[a-z0-9.:-]+$/i, "not a host name")
    .optional()
    .meta(fix("Give the host name alone, e.g. github.example.com.")),
  GITHUB_API_URL: url.optional().meta(fix("Leave it unset for github.com, or give the API root.")),
  GITHUB_SERVER_URL: url.optional().meta(fix("Leave it unset for github.com, or give the web root.")),
  ACTIONS_OIDC_ISSUER: url.optional().meta(fix("Leave it unset for github.com and GHES.")),
  GITHUB_WRITE_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(1_000)
    .meta(fix("GitHub asks for at least 1000 ms between two writes.")),
  ANTHROPIC_API_KEY: SecretText.optional().meta(fix("Create a key in the vendor's console.")),
  ANTHROPIC_BASE_URL: url.default("https://api.anthropic.com").meta(fix("Give the root, without /v1.")),
  OPENAI_API_KEY: SecretText.optional().meta(fix("Create a key in the vendor's console.")),
  OPENAI_BASE_URL: url.default("https://api.openai.com/v1").meta(fix("Give the API root.")),
  MODEL_PRICES_PATH: z
    .string()
    .transform(fileOf<OwnPrices>(readOwnPrices))
    .optional()
    .meta(
      fix('Name a JSON file such as {"my-model": {"input": 1.2, "output": 4.8}}, in dollars per million.'),
    ),
  PLANS_PATH: z
    .string()
    .transform(fileOf<SalesPlans>(readSalesPlans))
    .optional()
    .meta(
      fix(
        'Name a JSON file of plans such as {"free": {"title": "Free", "monthlyUsd": 0, "includedUsd": 5}}.',
      ),
    ),
  STRIPE_SECRET_KEY: SecretText.optional().meta(
    fix("Copy the secret key from the Dashboard's developers page."),
  ),
  STRIPE_WEBHOOK_SECRET: SecretText.optional().meta(
    fix("Copy the signing secret (whsec_…) of the endpoint /api/stripe/webhooks."),
  ),
  STRIPE_API_BASE: url.optional().meta(fix("Leave it unset for api.stripe.com.")),
  GITHUB_CLIENT_ID: z
    .string()
    .min(1)
    .optional()
    .meta(fix("Copy the client ID from the GitHub App's settings page; without it nobody can sign in.")),
  GITHUB_CLIENT_SECRET: SecretText.optional().meta(fix("Generate a client secret on the same page.")),
  FRONTEND_ORIGIN: z
    .url({ protocol: /^https?$/ })
    .transform((value) => new URL(value).origin)
    .optional()
    .meta(fix("Give the origin of the web frontend, e.g. https://app.example.com.")),
  API_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(600)
    .meta(
      fix("Give what one key or person may send to /v1 in a minute; an organisation gets five times that."),
    ),
  ENCRYPTION_KEY: z
    .string()
    .refine((value) => keyLengths(value).every((length) => length === KEY_BYTES), {
      error: ({ input }) => {
        const lengths = keyLengths(String(input)).join(" and ");
        return `it has ${lengths} bytes in base64, and ${KEY_BYTES} are needed`;
      },
    })
    .transform((value) => new Secret(value))
    .optional()
    .meta(
      fix(
        "Make one with `openssl rand -base64 32`. While changing it give both, the new one first: new,old.",
      ),
    ),
  WEBHOOK_PRIVATE_ADDRESSES: z
    .enum(["refuse", "allow"])
    .default("refuse")
    .meta(
      fix(
        "Use refuse; allow lets every organisation have events sent to this machine and its networks, and by http.",
      ),
    ),
  METRICS_TOKEN: SecretText.optional().meta(
    fix("Make one with `openssl rand -hex 32`, and give it to Prometheus as `authorization.credentials`."),
  ),
  TRUSTED_PROXIES: z
    .string()
    .regex(/^[0-9a-f.:/, ]+$/i, "not a list of addresses")
    .transform((value) => value.split(",").map((part) => part.trim()))
    .optional()
    .meta(fix("Give the addresses of your load balancers, e.g. 10.0.0.0/8; limits per address need them.")),
  ...FLEET_VARIABLES,
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .default("info")
    .meta(fix("Use trace, debug, info, warn, error, fatal or silent.")),
});

export type Env = z.infer<typeof ControlPlaneEnv>;
export type AppCredentials = {
  appId: number;
  privateKey: Secret;
  webhookSecret: Secret;
  previousSecret?: Secret | undefined;
  /** The App's OAuth client, with which people sign in. */
  client?: { id: string; secret: Secret } | undefined;
};

/** `hints`: what is no mistake, but looks like one. */
export type Config = { env: Env; app: AppCredentials | undefined; hints: string[] };

/**
 * `app` is undefined when nothing of a GitHub App is set: then there is none yet.
 * @throws EnvError with every problem at once and how to mend it
 */
export function readConfig(source: Record<string, string | undefined> = process.env): Config {
  const problems = halfConfigured(source);
  const hints = hintsOf(source);
  let env: Env;
  try {
    env = parseEnv(ControlPlaneEnv, source);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    throw new EnvError([...error.problems, ...problems, ...hints]);
  }
  const privateKey = problems.length === 0 ? privateKeyOf(env, problems) : undefined;
  if (problems.length > 0) throw new EnvError([...problems, ...hints]);
  const { APP_ID: appId, WEBHOOK_SECRET: webhookSecret, WEBHOOK_SECRET_PREVIOUS: previousSecret } = env;
  if (appId === undefined || privateKey === undefined || webhookSecret === undefined)
    return { env, app: undefined, hints };
  const { GITHUB_CLIENT_ID: id, GITHUB_CLIENT_SECRET: secret } = env;
  const client = id === undefined || secret === undefined ? undefined : { id, secret };
  return { env, app: { appId, privateKey, webhookSecret, previousSecret, client }, hints };
}

/** Names of variables are for a log; what they hold is not. */
function hintsOf(source: Record<string, string | undefined>): string[] {
  const set = Object.keys(source).filter((name) => (source[name] ?? "") !== "");
  return nearNames(Object.keys(ControlPlaneEnv.shape), set).map(
    ({ wrong, right }) => `${wrong} is no variable of ours. Did you mean ${right}?`,
  );
}

function halfConfigured(source: Record<string, string | undefined>): string[] {
  const isSet = (name: string) => (source[name] ?? "") !== "";
  const lone = isSet("GITHUB_CLIENT_ID") !== isSet("GITHUB_CLIENT_SECRET");
  const client = lone ? ["GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET go together. Set both, or neither"] : [];
  if (isSet("STRIPE_SECRET_KEY") !== isSet("STRIPE_WEBHOOK_SECRET")) {
    client.push("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET go together. Set both, or neither");
  }
  const key = isSet("PRIVATE_KEY") || isSet("PRIVATE_KEY_PATH");
  const missing = [...client, ...fleetProblems(isSet)];
  if (!isSet("APP_ID") && !key && !isSet("WEBHOOK_SECRET")) return missing;
  if (!isSet("APP_ID"))
    missing.push("APP_ID is not set. Copy the App ID from the GitHub App's settings page");
  if (!key)
    missing.push("PRIVATE_KEY or PRIVATE_KEY_PATH is not set. Generate a private key on the same page");
  if (!isSet("WEBHOOK_SECRET"))
    missing.push("WEBHOOK_SECRET is not set. Use the webhook secret of the same page");
  return missing;
}

function privateKeyOf(env: Env, problems: string[]): Secret | undefined {
  if (env.PRIVATE_KEY !== undefined) {
    const text = env.PRIVATE_KEY.reveal();
    // Many dashboards cannot hold line breaks: base64 of the PEM, or \n in it, will do.
    const pem = text.includes("-----BEGIN")
      ? text.replaceAll("\\n", "\n")
      : Buffer.from(text, "base64").toString();
    if (isPrivateKey(pem)) return new Secret(pem);
    problems.push("PRIVATE_KEY is not a whole PEM. Paste the .pem file's content, or base64 of it");
    return undefined;
  }
  if (env.PRIVATE_KEY_PATH === undefined) return undefined;
  let pem: string;
  try {
    pem = readFileSync(env.PRIVATE_KEY_PATH, "utf8");
  } catch {
    // Missing or unreadable: to whoever set it the two are the same.
    problems.push("PRIVATE_KEY_PATH names a file that cannot be read. Check the path and its permissions");
    return undefined;
  }
  if (isPrivateKey(pem)) return new Secret(pem);
  problems.push(
    "PRIVATE_KEY_PATH names a file that is no whole PEM. Generate a private key on the App's page and use that file",
  );
  return undefined;
}

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    // What is wrong with it in OpenSSL's words helps nobody.
    return false;
  }
}
