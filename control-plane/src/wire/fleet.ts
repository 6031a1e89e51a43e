import type { GitHubClients } from "@aicd/github";
import { createApi, userDataFor } from "@aicd/hetzner";
import type { Redactor } from "@aicd/ops";
import type { Env } from "../env.ts";
import { createCloud } from "../fleet/cloud.ts";
import type { Fleet } from "../fleet/ports.ts";
import { createRunners } from "../fleet/runners.ts";

const HOUR_MS = 3_600_000;

/** The fleet, where the operator has given it a cloud. */
export function openFleet(env: Env, github: GitHubClients, redactor: Redactor): Fleet | undefined {
  const { HCLOUD_TOKEN: secret, FLEET_PROXY_URL: proxy } = env;
  if (secret === undefined || proxy === undefined) return undefined;
  const token = secret.reveal();
  redactor.register(token);
  const name = env.FLEET_NAME;
  const api = createApi({ token, endpoint: env.HCLOUD_ENDPOINT });
  return {
    name,
    caps: {
      servers: env.FLEET_SERVERS,
      serversPerTenant: env.FLEET_SERVERS_PER_TENANT,
      microEurPerMonth: env.FLEET_EUROS_PER_MONTH * 1e6,
      microEurPerMonthPerTenant: env.FLEET_EUROS_PER_MONTH_PER_TENANT * 1e6,
    },
    maxLifeMs: env.FLEET_MAX_HOURS * HOUR_MS,
    cloud: createCloud({
      api,
      fleet: name,
      locations: env.FLEET_LOCATIONS,
      image: env.FLEET_IMAGE,
      network: env.FLEET_NETWORK,
      proxy,
      sshKeys: env.FLEET_SSH_KEYS,
      now: Date.now,
    }),
    runners: createRunners(github),
    userData: (config) => userDataFor({ config, proxy }),
  };
}
