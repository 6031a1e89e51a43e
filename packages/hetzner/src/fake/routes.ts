import type { components } from "../generated.ts";
import { LOCATIONS, pricing, TYPES, typeShape } from "./catalog.ts";
import type { Operation } from "./contract.ts";
import { Refused } from "./refused.ts";
import type { FakeImage, ServerRoom } from "./servers.ts";
import { imageShape, serverShape } from "./shapes.ts";

type Schemas = components["schemas"];
export type Answer = { status: number; body?: unknown };
export type Room = {
  servers: ServerRoom;
  images: readonly FakeImage[];
  firewalls: Schemas["firewall"][];
  networks: Schemas["network"][];
  sshKeys: Schemas["ssh_key"][];
  now: () => number;
};
type Call = { params: Operation["params"]; query: URLSearchParams; body: unknown };

/** What each documented operation does here. */
export const ROUTES: Readonly<Record<string, (room: Room, call: Call) => Answer | Promise<Answer>>> = {
  "get /actions/{id}": ({ servers }, { params }) => ok({ action: servers.action(params.id ?? "") }),
  "get /locations": (_, { query }) => page("locations", LOCATIONS, query),
  "get /pricing": () => ok({ pricing: pricing() }),
  "get /server_types": (_, { query }) => page("server_types", TYPES.map(typeShape), query),
  "get /images": ({ images }, { query }) => page("images", select(images.map(imageShape), query), query),
  "get /networks": ({ networks }, { query }) => page("networks", select(networks, query), query),
  "get /ssh_keys": ({ sshKeys }, { query }) => page("ssh_keys", select(sshKeys, query), query),
  "get /firewalls": ({ firewalls }, { query }) => page("firewalls", select(firewalls, query), query),
  "post /firewalls": ({ firewalls, now }, { body }) => {
    const given = body as Schemas["create_firewall_request"];
    if (firewalls.some(({ name }) => name === given.name))
      throw new Refused(409, "uniqueness_error", "firewall name is already used");
    const firewall = {
      id: 500 + firewalls.length,
      name: given.name,
      labels: given.labels ?? {},
      created: new Date(now()).toISOString(),
      applied_to: [],
      rules: (given.rules ?? []).map((rule) => ({
        description: null,
        destination_ips: [],
        source_ips: [],
        port: null,
        ...rule,
      })),
    } as Schemas["firewall"];
    firewalls.push(firewall);
    return { status: 201, body: { firewall, actions: [] } };
  },
  "get /servers": ({ servers }, { query }) =>
    page("servers", select(servers.living().map(serverShape), query), query),
  "get /servers/{id}": ({ servers }, { params }) =>
    ok({ server: serverShape(servers.find(params.id ?? "")) }),
  "post /servers": ({ servers }, { body }) => {
    const { server, action } = servers.create(body as Schemas["create_server_request"]);
    const made = { server: serverShape(server), action, next_actions: [], root_password: null };
    return { status: 201, body: made };
  },
  "delete /servers/{id}": async ({ servers }, { params }) =>
    ok({ action: await servers.remove(servers.find(params.id ?? "")) }),
  "post /servers/{id}/actions/rebuild": async ({ servers }, { params, body }) => {
    const given = body as Schemas["rebuild_server_from_image_request"];
    const action = await servers.rebuild(servers.find(params.id ?? ""), given);
    return { status: 201, body: { action, root_password: null } };
  },
  "post /servers/{id}/actions/poweron": ({ servers }, { params }) => ({
    status: 201,
    body: { action: servers.powerOn(servers.find(params.id ?? "")) },
  }),
};

function ok(body: unknown): Answer {
  return { status: 200, body };
}

type Named = { name: string | null; labels?: Record<string, string> };

/** By `name` and by `label_selector`, of which only `key=value` and `key` are known here. */
function select<T extends Named>(items: readonly T[], query: URLSearchParams): T[] {
  const name = query.get("name");
  const terms = (query.get("label_selector") ?? "").split(",").filter((term) => term !== "");
  return items.filter((item) => {
    if (name !== null && item.name !== name) return false;
    return terms.every((term) => {
      const [key = "", value] = term.split("=");
      const held = item.labels?.[key];
      return value === undefined ? held !== undefined : held === value;
    });
  });
}

function page(key: string, items: readonly unknown[], query: URLSearchParams): Answer {
  const perPage = Math.min(50, Number(query.get("per_page") ?? 25));
  const at = Number(query.get("page") ?? 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const pagination = {
    page: at,
    per_page: perPage,
    previous_page: at > 1 ? at - 1 : null,
    next_page: at < last ? at + 1 : null,
    last_page: last,
    total_entries: items.length,
  };
  return ok({ [key]: items.slice((at - 1) * perPage, at * perPage), meta: { pagination } });
}
