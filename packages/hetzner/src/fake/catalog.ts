import type { components } from "../generated.ts";

type Location = components["schemas"]["location"];
export type FakeType = {
  id: number;
  name: string;
  cores: number;
  memory: number;
  disk: number;
  /** Euros an hour, without VAT, as the vendor writes them. */
  hourly: string;
};

const place = (id: number, name: string, city: string, country: string, at: [number, number]): Location => ({
  id,
  name,
  city,
  country,
  description: `${city} DC Park 1`,
  latitude: at[0],
  longitude: at[1],
  network_zone: "eu-central",
});

export const LOCATIONS: readonly Location[] = [
  place(1, "fsn1", "Falkenstein", "DE", [50.47612, 12.370071]),
  place(2, "nbg1", "Nuremberg", "DE", [49.452102, 11.076665]),
  place(3, "hel1", "Helsinki", "FI", [60.169855, 24.938379]),
];

/** Shapes and an order of prices like the vendor's; its own list is read from it when it is asked. */
export const TYPES: readonly FakeType[] = [
  { id: 114, name: "cx23", cores: 2, memory: 4, disk: 40, hourly: "0.0056000000" },
  { id: 108, name: "cpx22", cores: 2, memory: 4, disk: 80, hourly: "0.0104000000" },
  { id: 115, name: "cx33", cores: 4, memory: 8, disk: 80, hourly: "0.0088000000" },
  { id: 109, name: "cpx32", cores: 4, memory: 8, disk: 160, hourly: "0.0176000000" },
  { id: 116, name: "cx43", cores: 8, memory: 16, disk: 160, hourly: "0.0152000000" },
  { id: 96, name: "ccx23", cores: 4, memory: 16, disk: 160, hourly: "0.0392000000" },
];

/** A public IPv4 address, euros an hour. */
export const ADDRESS_HOURLY = "0.0008000000";

export function typeShape(type: FakeType): components["schemas"]["server_type"] {
  return {
    id: type.id,
    name: type.name,
    description: type.name.toUpperCase(),
    cores: type.cores,
    memory: type.memory,
    disk: type.disk,
    architecture: "x86",
    cpu_type: type.name.startsWith("ccx") ? "dedicated" : "shared",
    storage_type: "local",
    deprecated: false,
    deprecation: null,
    locations: LOCATIONS.map(({ id, name }) => ({ id, name, deprecation: null })),
    prices: LOCATIONS.map(({ name }) => ({
      location: name,
      included_traffic: 21_990_232_555_520,
      price_hourly: price(type.hourly),
      price_monthly: price((Number(type.hourly) * 625).toFixed(10)),
      price_per_tb_traffic: price("1.0000000000"),
    })),
  } as components["schemas"]["server_type"];
}

function price(net: string): { net: string; gross: string } {
  return { net, gross: (Number(net) * 1.19).toFixed(16) };
}

export function pricing(): unknown {
  const hourly = { price_hourly: price(ADDRESS_HOURLY), price_monthly: price("0.5000000000") };
  return {
    currency: "EUR",
    vat_rate: "19.000000",
    floating_ip: { price_monthly: price("3.0000000000") },
    floating_ips: [],
    image: { price_per_gb_month: price("0.0110000000") },
    load_balancer_types: [],
    primary_ips: ["ipv4", "ipv6"].map((type) => ({
      type,
      prices: LOCATIONS.map(({ name }) => ({ location: name, ...hourly })),
    })),
    server_backup: { percentage: "20.000000" },
    server_types: TYPES.map((type) => {
      const { id, name, prices } = typeShape(type);
      return { id, name, prices };
    }),
    volume: { price_per_gb_month: price("0.0440000000") },
  };
}
