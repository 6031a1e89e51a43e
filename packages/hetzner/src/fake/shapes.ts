import type { components } from "../generated.ts";
import { LOCATIONS, TYPES, typeShape } from "./catalog.ts";
import type { FakeImage, FakeServer } from "./servers.ts";

export function serverShape(server: FakeServer): components["schemas"]["server"] {
  const location = LOCATIONS.find(({ name }) => name === server.location);
  if (location === undefined) throw new Error(`there is no location ${server.location}`);
  const supported = TYPES.map(({ id }) => id);
  const types = { available: supported, available_for_migration: supported, supported };
  const place = {
    id: location.id,
    name: `${location.name}-dc1`,
    description: location.description,
    location,
  };
  const address = `203.0.113.${server.id % 250}`;
  return {
    id: server.id,
    name: server.name,
    labels: server.labels,
    status: server.status,
    created: new Date(server.createdAt).toISOString(),
    server_type: typeShape(server.type),
    location,
    datacenter: { ...place, server_types: types },
    image: imageShape(server.image),
    iso: null,
    backup_window: null,
    rescue_enabled: false,
    locked: false,
    protection: { delete: false, rebuild: false },
    included_traffic: 0,
    ingoing_traffic: 0,
    outgoing_traffic: 0,
    primary_disk_size: server.type.disk,
    private_net: server.networks.map((network) => ({
      network,
      ip: `10.0.${server.id >> 8}.${server.id % 250}`,
      alias_ips: [],
      mac_address: "86:00:ff:2a:7d:e1",
    })),
    public_net: {
      ipv4: server.publicAddress
        ? { id: server.id, ip: address, blocked: false, dns_ptr: `${address}.example` }
        : null,
      ipv6: null,
      floating_ips: [],
      firewalls: server.firewalls.map((id) => ({ id, status: "applied" as const })),
    },
    volumes: [],
    load_balancers: [],
  } as components["schemas"]["server"];
}

export function imageShape(image: FakeImage): components["schemas"]["image"] {
  return {
    ...image,
    type: image.name === null ? "snapshot" : "system",
    status: "available",
    architecture: "x86",
    bound_to: null,
    created: "2026-01-01T00:00:00Z",
    created_from: null,
    deleted: null,
    deprecated: null,
    disk_size: 20,
    image_size: 3.2,
    os_flavor: "debian",
    os_version: "13",
    protection: { delete: false },
  } as components["schemas"]["image"];
}
