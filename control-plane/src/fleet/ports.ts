import type { FleetCaps } from "@aicd/db";
import type { Labels, NewServer, Offer, Server } from "@aicd/hetzner";

/** The cloud, as far as the fleet needs it. Every method throws `HetznerError`. */
export type Cloud = {
  create(server: Pick<NewServer, "name" | "labels" | "userData"> & { offer: Offer }): Promise<Server>;
  rebuild(cloudId: number, userData: string): Promise<void>;
  powerOn(cloudId: number): Promise<void>;
  remove(cloudId: number): Promise<"asked" | "gone">;
  list(labels: Labels): Promise<Server[]>;
  /** Kinds of server that are good enough for a size, the cheapest first; empty: it has none. */
  offers(size: string): Promise<Offer[]>;
};

/** A tenant at GitHub, and the installation by which it is reached. */
type Account = { installationId: number; login: string };
type JobPlace = { installationId: number; owner: string; name: string };
export type JobState = { status: string; runnerName: string | undefined };

/** GitHub's runners, as far as the fleet needs them. */
export type Runners = {
  /**
   * A runner that will take one job of the tenant, as what its machine needs to be it.
   * @returns a text: GitHub's refusal, which asking again does not change
   */
  make(
    account: Account,
    runner: { name: string; label: string },
  ): Promise<{ id: number; config: string } | string>;
  /** @returns "busy": it runs a job, and stays */
  remove(account: Account, id: number): Promise<"gone" | "busy">;
  /** Undefined: there is no such job (any more). */
  job(place: JobPlace, githubId: number): Promise<JobState | undefined>;
  /** Whether a run is of a fork's code, which has no business on a tenant's servers. */
  isFork(place: JobPlace, runId: number): Promise<boolean>;
};

export type Fleet = {
  /** What all servers of this fleet carry; two fleets in one project leave each other alone. */
  name: string;
  caps: FleetCaps;
  /** Whatever runs on it then, a server goes after so long. */
  maxLifeMs: number;
  cloud: Cloud;
  runners: Runners;
  /** cloud-init for a machine that is to be a runner. */
  userData(config: string): string;
};
