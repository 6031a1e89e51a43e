import { FLEET_SIZES, LIMITS } from "@aicd/core";
import {
  type Api,
  addressPrice,
  createServer,
  deleteServer,
  ensureFirewall,
  failureOf,
  findImage,
  HetznerError,
  listServers,
  listServerTypes,
  type Offer,
  offersFor,
  powerOn,
  rebuildServer,
} from "@aicd/hetzner";
import { fleetLabels } from "./names.ts";
import type { Cloud } from "./ports.ts";

/** Prices and images change by the week. */
const KEPT_MS = 10 * 60_000;
/** What the script that builds the image labels it with. */
const IMAGE = { "aicd-image": "runner" };
export type CloudOptions = {
  api: Api;
  /** Label that all servers of the fleet carry. */
  fleet: string;
  /** Names; empty: wherever it is cheapest. */
  locations: readonly string[];
  /** Instead of the newest snapshot of ours. */
  image: string | undefined;
  /** With one, servers have no public address: they reach out through what is in that network. */
  network: number | undefined;
  /** The allowlisting proxy, by its address: the only way out. */
  proxy: URL;
  sshKeys: readonly string[];
  now: () => number;
};

/** Hetzner's cloud, with what its servers are made of looked up and kept for a while. */
export function createCloud(options: CloudOptions): Cloud {
  const { api, fleet, locations, network, now } = options;
  const scarce = new Map<string, number>();
  const publicAddress = network === undefined;
  const types = keptFor(now, () => listServerTypes(api));
  const address = keptFor(now, () => addressPrice(api));
  const image = keptFor(now, async () => options.image ?? String(await builtImage(api)));
  const firewall = keptFor(now, () =>
    ensureFirewall(api, {
      name: `aicd-fleet-${fleet}`,
      labels: fleetLabels(fleet),
      rules: toProxy(options.proxy),
    }),
  );
  return {
    async create({ offer, ...server }) {
      try {
        return await createServer(api, {
          ...server,
          serverType: offer.serverType,
          location: offer.location,
          image: await image(),
          // A firewall works on public addresses only.
          firewalls: publicAddress ? [await firewall()] : [],
          networks: network === undefined ? [] : [network],
          sshKeys: [...options.sshKeys],
          publicAddress,
        });
      } catch (error) {
        if (failureOf(error) === "capacity") scarce.set(keyOf(offer), now() + LIMITS.fleetScarceMs);
        throw error;
      }
    },
    rebuild: async (id, userData) => void (await rebuildServer(api, id, { image: await image(), userData })),
    powerOn: (id) => powerOn(api, id),
    remove: (id) => deleteServer(api, id),
    list: (labels) => listServers(api, labels),
    async offers(size) {
      const wanted = FLEET_SIZES[size];
      if (wanted === undefined) return [];
      const more = publicAddress ? await address() : () => 0;
      return offersFor(await types(), { ...wanted, architecture: "x86", locations })
        .map((offer) => ({ ...offer, microEurPerHour: offer.microEurPerHour + more(offer.location) }))
        .filter((offer) => (scarce.get(keyOf(offer)) ?? 0) <= now());
    },
  };
}

/** Out to the proxy alone: not even names are asked elsewhere, for a question is a way out as well. */
function toProxy({ hostname, port, protocol }: URL) {
  const own = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return [
    {
      direction: "out" as const,
      protocol: "tcp" as const,
      port: own,
      destination_ips: [`${hostname}/32`],
    },
  ];
}

async function builtImage(api: Api): Promise<number> {
  const id = await findImage(api, IMAGE);
  if (id !== undefined) return id;
  const words = "there is no image labelled aicd-image=runner; build one with docker/hetzner/runner/image.sh";
  throw new HetznerError("image_missing", words, { status: 422 });
}

function keyOf({ serverType, location }: Offer): string {
  return `${serverType} ${location}`;
}

/** Asks once for many; a failure is not kept. */
function keptFor<T>(now: () => number, ask: () => Promise<T>): () => Promise<T> {
  let kept: { value: Promise<T>; until: number } | undefined;
  return () => {
    if (kept !== undefined && now() < kept.until) return kept.value;
    const value = ask();
    kept = { value, until: now() + KEPT_MS };
    value.catch(() => {
      kept = undefined;
    });
    return value;
  };
}
