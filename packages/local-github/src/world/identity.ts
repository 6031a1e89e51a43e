import type { Permissions } from "../http/permissions.ts";
import type { Account } from "./account.ts";
import type { App, Installation } from "./app.ts";
import type { WorkflowJob } from "./run.ts";

/** Who is asking, as the bearer token tells. */
export type Identity =
  | { kind: "anonymous" }
  | { kind: "app"; app: App }
  | {
      kind: "installation";
      installation: Installation;
      permissions: Permissions;
      /** Undefined means every repository of the installation. */
      repositoryIds: Set<number> | undefined;
      expiresAt: number;
    }
  | {
      kind: "user";
      account: Account;
      /** The App the person signed in through; absent for a token of the person's own. */
      viaApp?: App;
    }
  | { kind: "job"; job: WorkflowJob; account: Account };
export type IdentityKind = Identity["kind"];
