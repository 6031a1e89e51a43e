import { type FleetServerId, parseId, type TenantId } from "@aicd/core";

const PREFIX = "aicd";
const LABELS = { fleet: "aicd-fleet", tenant: "aicd-tenant", lease: "aicd-lease" };

/** Host names have no underscores. */
export function serverName(id: FleetServerId): string {
  return `${PREFIX}-${id.replace("_", "-")}`;
}

/** Each disk of a server has a runner of its own. */
export function runnerName(id: FleetServerId, boot: number): string {
  return `${serverName(id)}-${boot}`;
}

/** The server a runner is on; undefined: it is none of ours. */
export function serverOfRunner(name: string): FleetServerId | undefined {
  const [prefix, kind, body, boot, ...rest] = name.split("-");
  if (prefix !== PREFIX || rest.length > 0 || !/^\d+$/.test(boot ?? "")) return undefined;
  return parseId("fleetServer", `${kind}_${body}`);
}

/** What finds every server of a fleet. */
export function fleetLabels(fleet: string): Record<string, string> {
  return { [LABELS.fleet]: fleet };
}

export function serverLabels(
  fleet: string,
  server: { tenantId: TenantId; id: FleetServerId },
): Record<string, string> {
  return { ...fleetLabels(fleet), [LABELS.tenant]: server.tenantId, [LABELS.lease]: server.id };
}

export function leaseOf(labels: Readonly<Record<string, string>>): FleetServerId | undefined {
  return parseId("fleetServer", labels[LABELS.lease] ?? "");
}
