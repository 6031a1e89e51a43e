/** Where the workflow of a tenant's tasks runs: on GitHub's runners, or on servers of our fleet. */
export const EXECUTIONS = ["github", "fleet"] as const;

export type FleetSize = {
  cores: number;
  /** GB. */
  memory: number;
};

/** What `runs-on` may ask the fleet for. GitHub gives a runner any job whose labels it has, so each has one. */
export const FLEET_SIZES: Readonly<Record<string, FleetSize>> = {
  "aicd-fleet": { cores: 2, memory: 4 },
  "aicd-fleet-large": { cores: 8, memory: 16 },
};

/** The one label of ours on a job; undefined: it is not for the fleet, or asks for what no server of it has. */
export function fleetSizeOf(labels: readonly string[]): string | undefined {
  const wanted = labels.filter((label) => label !== "self-hosted");
  const [only] = wanted;
  return wanted.length === 1 && only !== undefined && only in FLEET_SIZES ? only : undefined;
}
