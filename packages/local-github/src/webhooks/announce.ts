import { randomUUID } from "node:crypto";
import { organizationSimple, simpleUser } from "../accounts/shape.ts";
import { reaches } from "../http/door.ts";
import { covers } from "../http/permissions.ts";
import { repositoryShape } from "../repositories/shape.ts";
import type { Account } from "../world/account.ts";
import type { App, Installation } from "../world/app.ts";
import type { Repository } from "../world/types.ts";
import { recordUnexpected, type World } from "../world/world.ts";
import { mail } from "./mail.ts";

/** Something that happened, before it is known who hears of it. */
export interface Happening {
  event: string;
  action: string | null;
  repository?: Repository;
  /** Set for events about an installation, which only its own App hears. */
  installation?: Installation;
  /** Set for events about an App's own objects (check runs), which only that App hears with every action. */
  onlyApp?: App;
  sender: Account;
  payload: Record<string, unknown>;
}

/** Events GitHub sends an App whether or not it subscribed. */
const ALWAYS_SENT = new Set([
  "installation",
  "installation_repositories",
  "github_app_authorization",
  "ping",
]);

/**
 * docs.github.com "Webhook events and payloads", check_run and check_suite: an App with write access to checks is
 * subscribed to these by itself, and cannot end that.
 */
const SENT_TO_CHECKERS = new Set(["check_run", "check_suite"]);

function isSubscribed({ events, permissions }: Installation, event: string): boolean {
  return events.includes(event) || (SENT_TO_CHECKERS.has(event) && covers(permissions, "checks", "write"));
}

/** Tells every App that is installed where it happened and listens for it. Delivery goes on by itself. */
export function announce(world: World, happening: Happening): void {
  for (const installation of world.installations.values()) {
    if (hears(installation, happening)) send(world, installation, happening);
  }
}

/** True when at least one App would be told, so that costly payloads are only built for someone. */
export function isHeard(world: World, repository: Repository, event: string): boolean {
  return [...world.installations.values()].some(
    (installation) =>
      installation.app.webhookUrl &&
      !installation.suspendedAt &&
      isSubscribed(installation, event) &&
      reaches(installation, repository),
  );
}

function hears(installation: Installation, happening: Happening): boolean {
  const { app } = installation;
  if (!app.webhookUrl) return false;
  if (happening.onlyApp && happening.onlyApp !== app) return false;
  if (happening.installation && happening.installation !== installation) return false;
  if (ALWAYS_SENT.has(happening.event)) return happening.installation === installation;
  if (installation.suspendedAt || !happening.repository) return false;
  return reaches(installation, happening.repository) && isSubscribed(installation, happening.event);
}

/** Sends to one installation's App, with the envelope every payload has. */
export function send(world: World, installation: Installation, happening: Happening): void {
  const { repository, event, action } = happening;
  const organization = repository?.owner.type === "Organization" ? repository.owner : undefined;
  const payload = {
    ...(action === null ? {} : { action }),
    ...happening.payload,
    ...(repository ? { repository: { ...repositoryShape(world, repository), custom_properties: {} } } : {}),
    ...(organization ? { organization: organizationSimple(world, organization) } : {}),
    sender: simpleUser(world, happening.sender),
    ...(happening.installation
      ? {}
      : { installation: { id: installation.id, node_id: installation.nodeId } }),
  };
  const parcel = {
    guid: randomUUID(),
    event,
    action,
    installationId: installation.id,
    repositoryId: repository?.id ?? null,
    payload: JSON.stringify(payload),
    redelivery: false,
  };
  // Compiling a schema takes a while, which must not delay the receiver.
  mail(world, installation.app, parcel, () => check(world, event, action, payload));
}

function check(world: World, event: string, action: string | null, payload: unknown): void {
  const plain = [event, ...(action === null ? [] : [action])].join("-").replaceAll("_", "-");
  // The action of this event is whatever the caller chose; the description knows it by an example.
  const name = event === "repository_dispatch" ? "repository-dispatch-sample.collected" : plain;
  const detail = world.contract.checkWebhook(name, payload);
  if (detail) recordUnexpected(world, { kind: "invalid-webhook", method: "POST", path: name, detail });
}
