import type { Probot } from "probot";
import { listenToFacts } from "./listen-to-facts.ts";
import { listenToWishes } from "./listen-to-wishes.ts";
import type { Inbox } from "./ports.ts";

/** The Probot app: translates deliveries to intents, gates them, and writes them to the inbox. */
export function createApp(inbox: Inbox) {
  return function app(probot: Probot): void {
    listenToWishes(probot, inbox);
    listenToFacts(probot, inbox);
  };
}
