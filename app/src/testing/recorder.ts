import type { Author, InstallationIntent, InstalledRepository, ThreadIntent } from "@aicd/core";
import { Probot } from "probot";
import { createApp } from "../app.ts";
import type { Inbox } from "../ports.ts";

/** One call of the inbox, in the order of the calls. */
export type Reached =
  | {
      kind: "accepted";
      key: string;
      repository: InstalledRepository;
      intent: ThreadIntent;
      permission: Author["permission"];
    }
  | { kind: "refused"; key: string; repository: InstalledRepository; intent: ThreadIntent }
  | { kind: "installation changed"; intent: InstallationIntent }
  | { kind: "pushed"; repository: InstalledRepository }
  | ({ kind: "head moved" } & Parameters<Inbox["headMoved"]>[0])
  | ({ kind: "checks ended" } & Parameters<Inbox["checksEnded"]>[0])
  | { kind: "authorization revoked" | "purchase changed"; githubId: number }
  | ({ kind: "job changed" } & Parameters<Inbox["jobChanged"]>[0])
  | {
      kind: "run ended";
      repository: InstalledRepository;
      runId: number;
      conclusion: string;
      by: string | undefined;
    };

/** An inbox that keeps what it is told. `permission` answers as GitHub would for a login. */
export function createRecorder(permission: Inbox["permission"] = async () => "write") {
  const reached: Reached[] = [];
  const asked: string[] = [];
  const inbox: Inbox = {
    permission(repository, person) {
      asked.push(person.login);
      return permission(repository, person);
    },
    async accept(key, repository, intent, found) {
      reached.push({ kind: "accepted", key, repository, intent, permission: found });
    },
    async refuse(key, repository, intent) {
      reached.push({ kind: "refused", key, repository, intent });
    },
    async installationChanged(intent) {
      reached.push({ kind: "installation changed", intent });
    },
    async pushed(repository) {
      reached.push({ kind: "pushed", repository });
    },
    async headMoved(input) {
      reached.push({ kind: "head moved", ...input });
    },
    async checksEnded(input) {
      reached.push({ kind: "checks ended", ...input });
    },
    async authorizationRevoked({ githubId }) {
      reached.push({ kind: "authorization revoked", githubId });
    },
    async purchaseChanged({ githubId }) {
      reached.push({ kind: "purchase changed", githubId });
    },
    async jobChanged(input) {
      reached.push({ kind: "job changed", ...input });
    },
    async runEnded(input) {
      reached.push({ kind: "run ended", ...input });
    },
  };
  return { inbox, reached, asked };
}

/** A Probot with the app loaded, as the server makes it; it asks GitHub nothing. */
export async function loadApp(inbox: Inbox) {
  const probot = new Probot({ githubToken: "unused", secret: "unused", logLevel: "fatal" });
  await probot.load(createApp(inbox));
  return {
    async receive(id: string, name: string, payload: unknown): Promise<void> {
      await probot.receive({ id, name, payload } as Parameters<Probot["receive"]>[0]);
    },
  };
}
