import { SecretText } from "@aicd/ops";
import { z } from "zod";

const fix = (text: string) => ({ fix: text });
const count = z.coerce.number().int().min(0).max(10_000);
const list = z.string().transform((value) =>
  value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

/** What an operator says of the fleet; all optional, and without a token there is none. */
export const FLEET_VARIABLES = {
  HCLOUD_TOKEN: SecretText.optional().meta(
    fix(
      "Make a token with read and write access in a Hetzner project of its own; without it there is no fleet.",
    ),
  ),
  HCLOUD_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .transform((value) => value.replace(/\/$/, ""))
    .default("https://api.hetzner.cloud/v1")
    .meta(fix("Leave it unset, or give the API root, with /v1.")),
  FLEET_NAME: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/, "not a name of letters, digits and dashes")
    .default("aicd")
    .meta(fix("Give each server of AI-CD in one Hetzner project a name of its own, e.g. production.")),
  FLEET_SERVERS: count.default(20).meta(fix("Say how many servers there may be at one time.")),
  FLEET_SERVERS_PER_TENANT: count
    .default(5)
    .meta(fix("Say how many of them one organisation may have at one time.")),
  FLEET_EUROS_PER_MONTH: z.coerce
    .number()
    .min(0)
    .default(200)
    .meta(
      fix("Say what hours of servers may cost in a month (UTC), without VAT, before no new one is made."),
    ),
  FLEET_EUROS_PER_MONTH_PER_TENANT: z.coerce
    .number()
    .min(0)
    .default(50)
    .meta(fix("Say what those of one organisation may cost.")),
  FLEET_MAX_HOURS: z.coerce
    .number()
    .positive()
    .max(24)
    .default(2)
    .meta(fix("Say after how many hours a server goes, whatever runs on it.")),
  FLEET_LOCATIONS: list
    .default([])
    .meta(fix("List locations such as fsn1,nbg1; unset: wherever it is cheapest.")),
  FLEET_IMAGE: z
    .string()
    .optional()
    .meta(fix("Leave it unset for the newest snapshot labelled aicd-image=runner, or give an image's id.")),
  FLEET_NETWORK: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .meta(fix("Give the id of a private network with a way out; servers then have no public address.")),
  FLEET_PROXY_URL: z
    .string()
    .regex(/^http:\/\/(?:\d{1,3}\.){3}\d{1,3}:\d{1,5}\/?$/, "not http, an IPv4 address and a port")
    .transform((value) => new URL(value))
    .optional()
    .meta(fix("Give the proxy that lets servers out to the hosts it allows, e.g. http://10.0.0.2:3128.")),
  FLEET_SSH_KEYS: list
    .default([])
    .meta(fix("List names of SSH keys of the project, for looking at servers.")),
};

/** A fleet without a way out would let its servers go anywhere. */
export function fleetProblems(isSet: (name: string) => boolean): string[] {
  if (!isSet("HCLOUD_TOKEN") || isSet("FLEET_PROXY_URL")) return [];
  return [
    "HCLOUD_TOKEN is set and FLEET_PROXY_URL is not. A fleet's servers reach nothing but that proxy: set it too",
  ];
}
