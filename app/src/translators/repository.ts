import type { InstalledRepository } from "@aicd/core";

type Payload = {
  installation?: { id: number } | undefined;
  repository: { id: number; name: string; owner: { login: string } };
};

/** Undefined: the delivery does not come through an installation of ours. */
export function repositoryOf(payload: Payload): InstalledRepository | undefined {
  if (payload.installation === undefined) return undefined;
  return {
    installationId: payload.installation.id,
    repositoryId: payload.repository.id,
    owner: payload.repository.owner.login,
    name: payload.repository.name,
  };
}

/** Bots are refused by what they are, never by name. Our own app is one of them: no loop can start. */
export function isPerson(sender: { type?: string } | undefined): boolean {
  return sender?.type === "User";
}
