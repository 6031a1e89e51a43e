import type { Api } from "./client.ts";
import { failureOf, HetznerError } from "./failure.ts";
import type { components } from "./generated.ts";

export type Server = components["schemas"]["server"];
export type Action = components["schemas"]["action"];
export type Labels = Record<string, string>;

export type NewServer = {
  /** Unique in the project, a host name. It makes creation idempotent, so it is minted once and stored before. */
  name: string;
  /** Ours, besides which a server of that name is somebody else's. */
  labels: Labels;
  serverType: string;
  location: string;
  image: string;
  /** cloud-init, at most 32 KiB. */
  userData: string;
  firewalls: number[];
  networks: number[];
  sshKeys: string[];
  /** False: the server is reached and reaches out through its private network only. */
  publicAddress: boolean;
};

const PAGE = 50;
/** An answer that got lost is looked for so many times before the caller is told that nobody knows. */
const TRIES = 3;

/**
 * Creates a server, or finds the one an earlier call has created: an answer may be lost after the work is done.
 * @throws HetznerError kind `exists` when a server of that name carries other labels
 */
export async function createServer(api: Api, input: NewServer): Promise<Server> {
  for (let tried = 1; ; tried += 1) {
    try {
      const { data } = await api.POST("/servers", { body: bodyOf(input) });
      return some(data).server;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === "exists") return await ours(api, input, error);
      if (failure !== "unclear" || tried === TRIES) throw error;
    }
  }
}

function bodyOf(input: NewServer): components["schemas"]["create_server_request"] {
  const { name, labels, location, image, firewalls, networks } = input;
  return {
    name,
    labels,
    location,
    image,
    networks,
    server_type: input.serverType,
    user_data: input.userData,
    ssh_keys: input.sshKeys,
    firewalls: firewalls.map((firewall) => ({ firewall })),
    public_net: { enable_ipv4: input.publicAddress, enable_ipv6: input.publicAddress },
    start_after_create: true,
  };
}

async function ours(api: Api, { name, labels }: NewServer, refusal: unknown): Promise<Server> {
  const { data } = await api.GET("/servers", { params: { query: { name } } });
  const [found] = some(data).servers;
  // Gone again in between: whoever asked comes back and creates it.
  if (found === undefined) throw new HetznerError("conflict", `the server ${name} was there and is gone`);
  const mine = Object.entries(labels).every(([key, value]) => found.labels[key] === value);
  if (!mine) throw refusal;
  return found;
}

/** Puts the image back on the disk and boots it with other user data; what was on the disk is lost. */
export async function rebuildServer(
  api: Api,
  id: number,
  input: { image: string; userData: string },
): Promise<Action> {
  const { data } = await api.POST("/servers/{id}/actions/rebuild", {
    params: { path: { id } },
    body: { image: input.image, user_data: input.userData },
  });
  const { action } = some(data);
  if (action === undefined) throw new HetznerError("no_action", "a rebuild was answered without an action");
  return action;
}

export async function powerOn(api: Api, id: number): Promise<void> {
  await api.POST("/servers/{id}/actions/poweron", { params: { path: { id } } });
}

/** @returns "gone": there was none, or none any more */
export async function deleteServer(api: Api, id: number): Promise<"asked" | "gone"> {
  try {
    await api.DELETE("/servers/{id}", { params: { path: { id } } });
    return "asked";
  } catch (error) {
    if (failureOf(error) === "missing") return "gone";
    throw error;
  }
}

/** All servers with these labels, whatever their number. */
export async function listServers(api: Api, labels: Labels): Promise<Server[]> {
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const servers: Server[] = [];
  for (let page: number | null = 1; page !== null; ) {
    const query: { label_selector: string; page: number; per_page: number } = {
      label_selector: selector,
      page,
      per_page: PAGE,
    };
    const { data } = await api.GET("/servers", { params: { query } });
    const { servers: found, meta } = some(data);
    servers.push(...found);
    page = meta?.pagination.next_page ?? null;
  }
  return servers;
}

export async function findAction(api: Api, id: number): Promise<Action> {
  const { data } = await api.GET("/actions/{id}", { params: { path: { id } } });
  return some(data).action;
}

/** A success has a body; the types cannot know that failures are thrown. */
export function some<T>(data: T | undefined): T {
  if (data === undefined) throw new HetznerError("no_body", "a success was answered without a body");
  return data;
}
