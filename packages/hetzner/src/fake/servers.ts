import type { components } from "../generated.ts";
import { ADDRESS_HOURLY, type FakeType, LOCATIONS, TYPES } from "./catalog.ts";
import type { Clock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import { Refused } from "./refused.ts";

type Create = components["schemas"]["create_server_request"];
type Status = components["schemas"]["server"]["status"];
export type FakeImage = {
  id: number;
  name: string | null;
  labels: Record<string, string>;
  description: string;
};

/** What runs in a server: started by its boot, ended with its disk. */
export type Machine = { stop(): void | Promise<void> };
export type Boot = (server: {
  id: number;
  name: string;
  labels: Readonly<Record<string, string>>;
  userData: string;
  /** To be called by what runs when it switches the server off. */
  powerOff: () => void;
}) => Machine | undefined;

export type FakeServer = {
  id: number;
  name: string;
  labels: Record<string, string>;
  type: FakeType;
  location: string;
  image: FakeImage;
  firewalls: number[];
  networks: number[];
  publicAddress: boolean;
  userData: string;
  status: Status;
  createdAt: number;
  /** Undefined: it is there, and costs. */
  endedAt: number | undefined;
  machine: Machine | undefined;
  /** Ends what was begun with the disk there was. */
  cancel: (() => void)[];
};
export type FakeAction = components["schemas"]["action"];

export type ServerRoom = ReturnType<typeof createServers>;

const CREATE_MS = 9_000;
const REBUILD_MS = 20_000;
const POWER_ON_MS = 3_000;
const DELETE_MS = 2_000;
const FAIL_MS = 30_000;
const HOUR_MS = 3_600_000;
/** docs.hetzner.cloud "Create a Server", `user_data`. */
const USER_DATA_BYTES = 32 * 1024;
/** RFC 1123, which the document asks names to follow. */
const HOST_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/i;

/** Servers with their disks, what runs on them, and what they cost. */
export function createServers(given: {
  clock: Clock;
  faults: Faults;
  boot: Boot;
  images: readonly FakeImage[];
  /** Servers a project may have; the vendor raises it on request. */
  quota: number;
  /** How many times faster than a real one it makes servers. */
  speed: number;
}) {
  const { clock, faults, images } = given;
  const all: FakeServer[] = [];
  const actions = new Map<number, FakeAction>();
  let lastId = 1_000;
  const living = () => all.filter(({ endedAt }) => endedAt === undefined);

  function begin(command: string, server: FakeServer): FakeAction {
    lastId += 1;
    const started = new Date(clock.now()).toISOString();
    const resources = [{ id: server.id, type: "server" }];
    const action: FakeAction = {
      id: lastId,
      command,
      resources,
      started,
      status: "running",
      progress: 0,
      finished: null,
      error: null,
    };
    actions.set(action.id, action);
    return action;
  }

  function end(action: FakeAction, error?: { code: string; message: string }): void {
    action.status = error === undefined ? "success" : "error";
    action.progress = 100;
    action.finished = new Date(clock.now()).toISOString();
    action.error = error ?? null;
  }

  async function stopMachine(server: FakeServer): Promise<void> {
    for (const cancel of server.cancel.splice(0)) cancel();
    const { machine } = server;
    server.machine = undefined;
    await machine?.stop();
  }

  function start(server: FakeServer, action: FakeAction, ms: number): void {
    const later = clock.after(ms / given.speed, () => {
      end(action);
      server.status = "running";
      if (faults.take("never-boots") !== undefined) return;
      const { id, name, labels, userData } = server;
      server.machine = given.boot({ id, name, labels, userData, powerOff: () => switchOff(server) });
      const vanishing = faults.take("vanishes");
      if (vanishing === undefined) return;
      clock.after(vanishing.afterMs, async () => {
        if (server.endedAt !== undefined) return;
        server.endedAt = clock.now();
        await stopMachine(server);
      });
    });
    server.cancel.push(later);
  }

  function switchOff(server: FakeServer): void {
    if (server.endedAt === undefined && server.status === "running") server.status = "off";
    server.machine = undefined;
  }

  return {
    all: () => all,
    living,
    find(id: string): FakeServer {
      const server = living().find((each) => each.id === Number(id));
      if (server === undefined) throw new Refused(404, "not_found", `server with ID '${id}' not found`);
      return server;
    },
    action(id: string): FakeAction {
      const action = actions.get(Number(id));
      if (action === undefined) throw new Refused(404, "not_found", `action with ID '${id}' not found`);
      return action;
    },
    create(body: Create): { server: FakeServer; action: FakeAction } {
      if (!HOST_NAME.test(body.name)) throw invalid("name is not a valid host name");
      if (living().some(({ name }) => name.toLowerCase() === body.name.toLowerCase()))
        throw new Refused(409, "uniqueness_error", "server name is already used");
      const type = TYPES.find(({ name, id }) => name === body.server_type || String(id) === body.server_type);
      if (type === undefined) throw invalid(`unknown server_type ${body.server_type}`);
      const location = LOCATIONS.find(({ name }) => name === (body.location ?? "fsn1"))?.name;
      if (location === undefined) throw invalid(`unknown location ${body.location}`);
      if (living().length >= given.quota)
        throw new Refused(403, "resource_limit_exceeded", "server limit reached");
      const scarce = faults.take(
        "capacity",
        (fault) => (fault.serverType ?? type.name) === type.name && (fault.location ?? location) === location,
      );
      if (scarce !== undefined)
        throw new Refused(412, "resource_unavailable", "server type is not available in the location");
      lastId += 1;
      const server: FakeServer = {
        id: lastId,
        name: body.name,
        labels: { ...body.labels },
        type,
        location,
        image: imageOf(images, body.image),
        firewalls: (body.firewalls ?? []).map(({ firewall }) => firewall),
        networks: body.networks ?? [],
        publicAddress: body.public_net?.enable_ipv4 ?? true,
        userData: checked(body.user_data ?? ""),
        status: "initializing",
        createdAt: clock.now(),
        endedAt: undefined,
        machine: undefined,
        cancel: [],
      };
      all.push(server);
      const action = begin("create_server", server);
      start(server, action, faults.take("slow-create")?.ms ?? CREATE_MS);
      return { server, action };
    },
    async rebuild(server: FakeServer, body: { image: string; user_data?: string }): Promise<FakeAction> {
      if (["initializing", "rebuilding"].includes(server.status))
        throw new Refused(423, "locked", "server is locked");
      server.image = imageOf(images, body.image);
      if (body.user_data !== undefined) server.userData = checked(body.user_data);
      await stopMachine(server);
      server.status = "rebuilding";
      const action = begin("rebuild_server", server);
      start(server, action, REBUILD_MS);
      return action;
    },
    powerOn(server: FakeServer): FakeAction {
      const action = begin("start_server", server);
      if (server.status === "off") start(server, action, POWER_ON_MS);
      else end(action);
      return action;
    },
    async remove(server: FakeServer): Promise<FakeAction> {
      const action = begin("delete_server", server);
      if (faults.take("comes-back") !== undefined) {
        clock.after(FAIL_MS, () => end(action, { code: "action_failed", message: "Action failed" }));
        return action;
      }
      server.endedAt = clock.now();
      clock.after(DELETE_MS, () => end(action));
      await stopMachine(server);
      return action;
    },
    /** What the vendor will ask for: each started hour of each server, in millionths of a euro, without VAT. */
    bought(): { hours: number; microEur: number } {
      let [hours, microEur] = [0, 0];
      for (const { createdAt, endedAt = clock.now(), type, publicAddress } of all) {
        const started = Math.max(1, Math.ceil((endedAt - createdAt) / HOUR_MS));
        const hourly = Number(type.hourly) + (publicAddress ? Number(ADDRESS_HOURLY) : 0);
        hours += started;
        microEur += started * Math.round(hourly * 1e6);
      }
      return { hours, microEur };
    },
    close: () => Promise.all(all.map(stopMachine)),
  };
}

function imageOf(images: readonly FakeImage[], asked: string): FakeImage {
  const image = images.find(({ id, name }) => String(id) === asked || name === asked);
  if (image === undefined) throw new Refused(404, "not_found", `image ${asked} not found`);
  return image;
}

function checked(userData: string): string {
  if (Buffer.byteLength(userData) > USER_DATA_BYTES) throw invalid("user_data is longer than 32 KiB");
  return userData;
}

function invalid(words: string): Refused {
  return new Refused(422, "invalid_input", words);
}
