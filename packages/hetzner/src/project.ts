import type { Api } from "./client.ts";
import { failureOf } from "./failure.ts";
import type { components } from "./generated.ts";
import { type Labels, some } from "./servers.ts";

type Rule = components["schemas"]["rule"];

/** The newest image with these labels that can be used; undefined: there is none. */
export async function findImage(api: Api, labels: Labels): Promise<number | undefined> {
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const query: { label_selector: string; sort: "created:desc"[]; per_page: number } = {
    label_selector: selector,
    sort: ["created:desc"],
    per_page: 50,
  };
  const { data } = await api.GET("/images", { params: { query } });
  return some(data).images.find(({ status }) => status === "available")?.id;
}

/**
 * A firewall of that name, made when there is none. Without rules for what comes in nothing does; with rules for what
 * goes out, nothing else does (docs.hetzner.cloud "Firewalls").
 */
export async function ensureFirewall(
  api: Api,
  firewall: { name: string; labels: Labels; rules: Rule[] },
): Promise<number> {
  const known = await findFirewall(api, firewall.name);
  if (known !== undefined) return known;
  try {
    const { data } = await api.POST("/firewalls", { body: firewall });
    const made = some(data).firewall;
    if (made !== undefined) return made.id;
  } catch (error) {
    if (failureOf(error) !== "exists") throw error;
  }
  return some(await findFirewall(api, firewall.name));
}

async function findFirewall(api: Api, name: string): Promise<number | undefined> {
  const { data } = await api.GET("/firewalls", { params: { query: { name } } });
  return some(data).firewalls[0]?.id;
}

/** What a public IPv4 address costs for each started hour at a location, in millionths of a euro, without VAT. */
export async function addressPrice(api: Api): Promise<(location: string) => number> {
  const { data } = await api.GET("/pricing");
  const prices = some(data).pricing.primary_ips.find(({ type }) => type === "ipv4")?.prices ?? [];
  const byPlace = new Map(
    prices.map(({ location, price_hourly: price }) => [location, Math.round(Number(price.net) * 1e6)]),
  );
  return (location) => byPlace.get(location) ?? 0;
}
