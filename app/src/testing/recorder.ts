import type { Author, InstallationIntent, IntentPlace, ThreadIntent } from "@aicd/core";
import { Probot } from "probot";
import { createApp } from "../app.ts";
import type { Inbox } from "../ports.ts";

/** One call of the inbox, in the order of the calls. */
export type Reached =
  | {
      kind: "accepted";
      key: string;
      place: IntentPlace;
      intent: ThreadIntent;
      permission: Author["permission"];
    }
  | { kind: "refused"; key: string; place: IntentPlace; intent: ThreadIntent }
  | { kind: "installation changed"; intent: InstallationIntent }
  | { kind: "pushed"; place: IntentPlace }
  | { kind: "authorization revoked"; githubId: number }
  | { kind: "run ended"; place: IntentPlace; runId: number; conclusion: string; by: string | undefined };

/** An inbox that keeps what it is told. `permission` answers as GitHub would for a login. */
export function createRecorder(permission: Inbox["permission"] = async () => "write") {
  const reached: Reached[] = [];
  const asked: string[] = [];
  const inbox: Inbox = {
    permission(place, login) {
      asked.push(login);
      return permission(place, login);
    },
    async accept(key, place, intent, found) {
      reached.push({ kind: "accepted", key, place, intent, permission: found });
    },
    async refuse(key, place, intent) {
      reached.push({ kind: "refused", key, place, intent });
    },
    async installationChanged(intent) {
      reached.push({ kind: "installation changed", intent });
    },
    async pushed(place) {
      reached.push({ kind: "pushed", place });
    },
    async authorizationRevoked({ githubId }) {
      reached.push({ kind: "authorization revoked", githubId });
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
