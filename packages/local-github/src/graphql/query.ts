import { accountNamed } from "../accounts/account.ts";
import { standingOf } from "../http/meter.ts";
import { nodeView } from "./node.ts";
import { admit, GraphqlProblem, type Scope, type View } from "./scope.ts";
import { viewerOf } from "./written-view.ts";

export function queryRoot(scope: Scope): View {
  return {
    repository: ({ owner, name }: { owner: string; name: string }) =>
      repositoryNamed(scope, `${owner}/${name}`),
    node: ({ id }: { id: string }) => nodeView(scope, id),
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => nodeView(scope, id)),
    viewer: () => {
      const account = viewerOf(scope);
      if (!account) throw new GraphqlProblem("FORBIDDEN", "Resource not accessible by integration");
      return { ...scope.view.account(account), __typename: "User", login: account.login, isViewer: true };
    },
    user: ({ login }: { login: string }) => accountOf(scope, login, "User"),
    organization: ({ login }: { login: string }) => accountOf(scope, login, "Organization"),
    rateLimit: () => {
      const { limit, remaining, used, reset } = standingOf(scope.world, scope.identity, "graphql");
      return { limit, remaining, used, cost: 1, nodeCount: 0, resetAt: new Date(reset * 1000).toISOString() };
    },
  };
}

function repositoryNamed(scope: Scope, fullName: string): View {
  const repository = scope.world.names.get(fullName.toLowerCase());
  const missing = new GraphqlProblem(
    "NOT_FOUND",
    `Could not resolve to a Repository with the name '${fullName}'.`,
  );
  if (!repository) throw missing;
  try {
    admit(scope, repository, { app: ["metadata:read"], user: "read" });
  } catch (error) {
    // Which repositories exist is not told to those who may not see them.
    throw error instanceof GraphqlProblem && error.type === "NOT_FOUND" ? missing : error;
  }
  return scope.view.repository(repository);
}

function accountOf(scope: Scope, login: string, type: "User" | "Organization"): View {
  const account = accountNamed(scope.world, login);
  if (account?.type !== type) {
    const article = type === "User" ? "a User" : "an Organization";
    throw new GraphqlProblem("NOT_FOUND", `Could not resolve to ${article} with the login of '${login}'.`);
  }
  return scope.view.account(account);
}
