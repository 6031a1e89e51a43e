import type { Api } from "./client.ts";
import type { components } from "./generated.ts";
import { some } from "./servers.ts";

export type ServerType = components["schemas"]["server_type"];

/** A kind of server at a place, and what each started hour of it costs. */
export type Offer = {
  serverType: string;
  location: string;
  /** Millionths of a euro, without VAT. */
  microEurPerHour: number;
};

export type Wanted = {
  cores: number;
  /** GB. */
  memory: number;
  architecture: "x86" | "arm";
  /** Names; empty: anywhere. */
  locations: readonly string[];
};

const PAGE = 50;

/** Server types with their prices at each location, as the cloud lists them now. */
export async function listServerTypes(api: Api): Promise<ServerType[]> {
  const types: ServerType[] = [];
  for (let page: number | null = 1; page !== null; ) {
    const query: { page: number; per_page: number } = { page, per_page: PAGE };
    const { data } = await api.GET("/server_types", { params: { query } });
    const { server_types: found, meta } = some(data);
    types.push(...found);
    page = meta?.pagination.next_page ?? null;
  }
  return types;
}

/** What is good enough, the cheapest first; of the same price the one with more memory, then by name. */
export function offersFor(types: readonly ServerType[], wanted: Wanted): Offer[] {
  const enough = types.filter(
    (type) =>
      type.architecture === wanted.architecture && type.cores >= wanted.cores && type.memory >= wanted.memory,
  );
  return enough
    .flatMap((type) =>
      type.prices
        .filter(({ location }) => wanted.locations.length === 0 || wanted.locations.includes(location))
        .filter(({ location }) => !isDeprecated(type, location))
        .map(({ location, price_hourly: price }) => ({
          memory: type.memory,
          offer: { serverType: type.name, location, microEurPerHour: microEur(price.net) },
        })),
    )
    .sort(
      (a, b) =>
        a.offer.microEurPerHour - b.offer.microEurPerHour ||
        b.memory - a.memory ||
        (keyOf(a.offer) < keyOf(b.offer) ? -1 : 1),
    )
    .map(({ offer }) => offer);
}

function isDeprecated(type: ServerType, location: string): boolean {
  const there = type.locations?.find(({ name }) => name === location);
  return (there?.deprecation ?? type.deprecation ?? null) !== null;
}

function keyOf({ serverType, location }: Offer): string {
  return `${serverType} ${location}`;
}

/** Prices are decimal texts such as `0.0064000000`, in euros. */
function microEur(euros: string): number {
  return Math.round(Number(euros) * 1e6);
}
