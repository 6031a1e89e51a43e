import type { Account } from "./account.ts";
import type { App } from "./app.ts";

/** What an authorization code stands for until it is exchanged, once, within ten minutes. */
export interface Grant {
  app: App;
  account: Account;
  redirectUri: string;
  challenge: string | undefined;
  expiresAt: number;
}
