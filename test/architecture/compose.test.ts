import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT } from "./imports.ts";

type Service = {
  image?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  privileged?: boolean;
  healthcheck?: unknown;
  restart?: string;
  environment?: Record<string, unknown>;
  networks?: string[];
  ports?: string[];
  volumes?: string[];
};
type Compose = { services: Record<string, Service>; networks: Record<string, { internal?: boolean } | null> };

const text = readFileSync(join(ROOT, "docker/compose.prod.yml"), "utf8");
const { services, networks } = parse(text, { merge: true }) as Compose;
const names = Object.keys(services);
const isServer = (name: string) => /^(?:migrate|web|worker)/.test(name);

describe("docker/compose.prod.yml", () => {
  it.each(names)("%s runs contained", (name) => {
    const service = services[name];
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
    });
    expect(service?.privileged).toBeUndefined();
    expect((service?.volumes ?? []).filter((volume) => /docker\.sock/.test(volume))).toEqual([]);
  });

  // The server's image brings its own; see docker/server.Dockerfile.
  it.each(names.filter((name) => !isServer(name)))("%s says whether it is well", (name) => {
    expect(services[name]?.healthcheck).toBeDefined();
  });

  it.each(names.filter((name) => !isServer(name) && name !== "backup"))("%s has its version", (name) => {
    expect(services[name]?.image).toMatch(/:v?\d+\.\d+/);
  });

  it.each(names.filter(isServer))("%s is given variables that the server knows", (name) => {
    const env = readFileSync(join(ROOT, "control-plane/src/env.ts"), "utf8");
    const unknown = Object.keys(services[name]?.environment ?? {}).filter(
      (variable) => !env.includes(`\n  ${variable}: `),
    );
    expect(unknown).toEqual([]);
  });

  it.each(["postgres", "redis", "qdrant"])("%s is reached from inside only, and reaches nothing", (name) => {
    expect(services[name]?.ports).toBeUndefined();
    expect(services[name]?.networks?.filter((network) => networks[network]?.internal !== true)).toEqual([]);
  });

  it("has the Qdrant that the code index is tested with", () => {
    const engine = readFileSync(join(ROOT, "packages/code-index/src/testing/qdrant-engine.ts"), "utf8");
    expect(services.qdrant?.image).toBe(`${/"(qdrant\/qdrant:v[\d.]+)"/.exec(engine)?.[1]}-unprivileged`);
  });

  it("opens the proxy to the world, and to this machine no more than Grafana", () => {
    const open = names.flatMap((name) => (services[name]?.ports ?? []).map((port) => `${name} ${port}`));
    expect(open).toEqual([
      "caddy 80:80",
      "caddy 443:443",
      "caddy 443:443/udp",
      "grafana 127.0.0.1:3001:3000",
    ]);
  });
});
