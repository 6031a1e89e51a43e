import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { accountNamed, addAccount } from "../accounts/account.ts";
import { unprocessable } from "../http/errors.ts";
import type { Permissions } from "../http/permissions.ts";
import { refusedEvents } from "../rules/subscription.ts";
import { deliver } from "../webhooks/deliver.ts";
import type { Account } from "../world/account.ts";
import type { App } from "../world/app.ts";
import type { World } from "../world/world.ts";

const makeKeys = promisify(generateKeyPair);

export interface NewApp {
  name: string;
  slug: string;
  owner: Account;
  webhookUrl: string | undefined;
  webhookSecret: string;
  permissions: Permissions;
  events: readonly string[];
}

/** Registers an App with a fresh RSA key and tells its webhook with a ping. Throws when the name is taken, or for events its permissions do not open. */
export async function registerApp(world: World, input: NewApp): Promise<App> {
  const login = `${input.slug}[bot]`;
  if (accountNamed(world, login)) throw new Error(`an App named ${input.slug} already exists`);
  const refused = refusedEvents(input.events, input.permissions);
  if (refused.length > 0) throw unprocessable(refused.join(" "));
  const keys = await makeKeys("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const app: App = {
    ...world.mint("app"),
    slug: input.slug,
    name: input.name,
    clientId: `Iv23li${randomBytes(7).toString("hex")}`,
    clientSecret: randomBytes(20).toString("hex"),
    owner: input.owner,
    bot: addAccount(world, login, "Bot"),
    publicKeyPem: keys.publicKey,
    privateKeyPem: keys.privateKey,
    webhookUrl: input.webhookUrl,
    webhookSecret: input.webhookSecret,
    hookId: world.mint("hook").id,
    permissions: { metadata: "read", ...input.permissions },
    events: [...input.events],
    createdAt: world.now(),
  };
  world.apps.set(app.id, app);
  ping(world, app);
  return app;
}

/** `My App` is known as `my-app`. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

function ping(world: World, app: App): void {
  if (!app.webhookUrl) return;
  const hook = {
    type: "App",
    id: app.hookId,
    name: "web",
    active: true,
    events: app.events,
    config: { content_type: "json", insecure_ssl: "0", secret: "********", url: app.webhookUrl },
    created_at: app.createdAt,
    updated_at: app.createdAt,
    app_id: app.id,
    deliveries_url: `${world.url}/app/hook/deliveries`,
  };
  void deliver(world, app, {
    guid: crypto.randomUUID(),
    event: "ping",
    action: null,
    installationId: null,
    repositoryId: null,
    payload: JSON.stringify({ zen: "Keep it logically awesome.", hook_id: app.hookId, hook }),
    redelivery: false,
  });
}
