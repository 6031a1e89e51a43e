import type { Permissions } from "../http/permissions.ts";
import type { Account } from "./account.ts";

export interface App {
  id: number;
  nodeId: string;
  slug: string;
  name: string;
  clientId: string;
  clientSecret: string;
  owner: Account;
  /** The account its tokens act as: `<slug>[bot]`. */
  bot: Account;
  publicKeyPem: string;
  privateKeyPem: string;
  webhookUrl: string | undefined;
  webhookSecret: string;
  hookId: number;
  permissions: Permissions;
  events: string[];
  createdAt: string;
}

export interface Installation {
  id: number;
  nodeId: string;
  app: App;
  account: Account;
  selection: "all" | "selected";
  repositoryIds: Set<number>;
  permissions: Permissions;
  events: string[];
  createdAt: string;
  updatedAt: string;
  suspendedAt: string | null;
  suspendedBy: Account | undefined;
}
