import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startFakeCloud, virtualClock } from "./fake/fake-cloud.ts";
import {
  createApi,
  createServer,
  deleteServer,
  failureOf,
  findAction,
  listServers,
  listServerTypes,
  type NewServer,
  offersFor,
  rebuildServer,
} from "./index.ts";

const clock = virtualClock(Date.UTC(2026, 0, 1));
const booted: { name: string; userData: string }[] = [];
const cloud = await startFakeCloud({
  clock,
  boot: ({ name, userData }) => {
    booted.push({ name, userData });
    return { stop() {} };
  },
});
const waited: number[] = [];
const time = {
  now: clock.now,
  sleep: async (ms: number) => {
    waited.push(ms);
    await clock.advance(ms);
  },
};
const api = createApi({ token: cloud.token, endpoint: cloud.url, time });
const LABELS = { "managed-by": "aicd-fleet" };

let made = 0;
function server(more: Partial<NewServer> = {}): NewServer {
  made += 1;
  return {
    name: `aicd-${made}`,
    labels: { ...LABELS, lease: String(made) },
    serverType: "cx23",
    location: "fsn1",
    image: "debian-13",
    userData: "#cloud-config\n",
    firewalls: [],
    networks: [],
    sshKeys: [],
    publicAddress: true,
    ...more,
  };
}

beforeEach(() => {
  cloud.faults.clear();
  waited.length = 0;
});

afterAll(async () => {
  expect(cloud.unexpected).toEqual([]);
  await cloud.close();
});

describe("a server", () => {
  it("boots with its user data, is rebuilt with other, and is gone", async () => {
    const input = server({ userData: "first" });
    const { id } = await createServer(api, input);
    await clock.advance(10_000);
    const action = await rebuildServer(api, id, { image: "debian-13", userData: "second" });
    expect((await findAction(api, action.id)).status).toBe("running");
    await clock.advance(20_000);

    expect((await findAction(api, action.id)).status).toBe("success");
    expect(booted.filter(({ name }) => name === input.name).map(({ userData }) => userData)).toEqual([
      "first",
      "second",
    ]);
    expect(await deleteServer(api, id)).toBe("asked");
    expect(await deleteServer(api, id)).toBe("gone");
    expect(await listServers(api, { lease: input.labels.lease ?? "" })).toEqual([]);
  });

  it("is made once, however often its answer is lost", async () => {
    cloud.faults.add({ kind: "lost-answer", method: "post" });
    const input = server();

    const first = await createServer(api, input);
    const second = await createServer(api, input);

    expect(second.id).toBe(first.id);
    expect(cloud.living().filter(({ name }) => name === input.name)).toHaveLength(1);
  });

  it("of that name with other labels is somebody else's", async () => {
    const input = server();
    await createServer(api, input);

    const refused = await createServer(api, { ...input, labels: { lease: "other" } }).catch(failureOf);

    expect(refused).toBe("exists");
  });

  it("that nobody can place says so, and one of another type can be had", async () => {
    cloud.faults.add({ kind: "capacity", serverType: "cx23", times: 3 });

    expect(await createServer(api, server()).catch(failureOf)).toBe("capacity");
    expect((await createServer(api, server({ serverType: "cpx22" }))).server_type.name).toBe("cpx22");
  });
});

describe("the client", () => {
  it("waits out a 429, which was not carried out", async () => {
    cloud.faults.add({ kind: "rate-limited", times: 2 });

    await createServer(api, server());

    expect(waited).toEqual([1_000, 2_000]);
  });

  it("waits for the next request to come back when none is left, instead of being refused", async () => {
    const before = cloud.traffic.get("get /locations") ?? 0;
    for (let asked = 0; asked < 3_650; asked += 1) await api.GET("/locations");

    expect((cloud.traffic.get("get /locations") ?? 0) - before).toBe(3_650);
    expect(waited.length).toBeGreaterThan(10);
  });

  it("reads every page", async () => {
    const labels = { many: "yes" };
    for (let n = 0; n < 60; n += 1) await createServer(api, server({ labels }));

    expect(await listServers(api, labels)).toHaveLength(60);
  });

  it("tells a wrong token in the cloud's words, and not the token", async () => {
    const wrong = createApi({ token: "wrong", endpoint: cloud.url, time });

    const error = await listServerTypes(wrong).catch((reason: Error) => reason);

    expect(failureOf(error)).toBe("refused");
    expect(String(error)).toMatch(/the token is not valid \(unauthorized\)/);
  });
});

it("offers are good enough, the cheapest first", async () => {
  const wanted = { cores: 4, memory: 8, architecture: "x86" as const, locations: ["nbg1", "hel1"] };

  const offers = offersFor(await listServerTypes(api), wanted);

  expect(offers.slice(0, 3)).toEqual([
    { serverType: "cx33", location: "hel1", microEurPerHour: 8_800 },
    { serverType: "cx33", location: "nbg1", microEurPerHour: 8_800 },
    { serverType: "cx43", location: "hel1", microEurPerHour: 15_200 },
  ]);
});

it("the cloud asks for each started hour of what there was", async () => {
  const other = await startFakeCloud({ clock, boot: () => undefined });
  const its = createApi({ token: other.token, endpoint: other.url, time });
  const [long, short] = [await createServer(its, server()), await createServer(its, server())];
  await clock.advance(59 * 60_000);
  await deleteServer(its, short.id);
  await clock.advance(2 * 60_000);
  await deleteServer(its, long.id);
  await clock.advance(3 * 60 * 60_000);

  // A cx23 with an address: 0.0056 and 0.0008 euros.
  expect(other.bought()).toEqual({ hours: 3, microEur: 3 * 6_400 });
  await other.close();
});
