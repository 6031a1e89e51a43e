import { htmlUrl } from "../accounts/shape.ts";
import type { Account } from "../world/account.ts";
import type { Scope, View } from "./scope.ts";

export function accountView(scope: Scope, account: Account): View {
  const url = htmlUrl(scope.world, account);
  return {
    __typename: account.type,
    id: account.nodeId,
    databaseId: account.id,
    // GraphQL names a bot without the suffix that REST gives it.
    login: account.type === "Bot" ? account.login.replace(/\[bot\]$/, "") : account.login,
    name: account.name,
    email: "",
    url,
    resourcePath: new URL(url).pathname,
    avatarUrl: `${scope.world.url}/_avatars/${account.id}`,
    createdAt: account.createdAt,
    updatedAt: account.createdAt,
    isViewer: false,
  };
}
