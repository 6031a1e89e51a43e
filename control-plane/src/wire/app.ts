import { createApp, type Inbox } from "@aicd/app";
import type { Logger } from "@aicd/ops";
import { Probot } from "probot";
import type { AppCredentials } from "../env.ts";

/** The app as Probot runs it: it is only handed what intake has stored, so it opens no port. */
export async function loadApp(given: {
  app: AppCredentials;
  baseUrl: string;
  /** Probot and the clients it makes write to it, and nowhere else. */
  log: Logger;
  inbox: Inbox;
}): Promise<Probot> {
  const { app, baseUrl, log, inbox } = given;
  const probot = new Probot({
    appId: app.appId,
    privateKey: app.privateKey.reveal(),
    secret: app.webhookSecret.reveal(),
    baseUrl,
    log,
  });
  await probot.load(createApp(inbox));
  return probot;
}
