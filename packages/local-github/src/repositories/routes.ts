import { accountNamed } from "../accounts/account.ts";
import { type Need, repositoryRoute, roleOf } from "../http/door.ts";
import { notFound } from "../http/errors.ts";
import { ok, type Route } from "../http/route.ts";
import { fullRepository, permissionShape } from "./shape.ts";

const METADATA: Need = { app: ["metadata:read"], user: "read" };

export const repositoryRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}", METADATA, (call) => {
    const role = call.identity.kind === "user" ? roleOf(call.repository, call.identity.account) : undefined;
    return ok(fullRepository(call.world, call.repository, role));
  }),
  repositoryRoute(
    "get",
    "/repos/{owner}/{repo}/collaborators/{username}/permission",
    { app: ["metadata:read"], user: "write" },
    (call) => {
      const account = accountNamed(call.world, call.params.username);
      if (!account) throw notFound();
      // A bot is known to the endpoint but never a collaborator.
      const role = account.type === "User" ? roleOf(call.repository, account) : undefined;
      return ok(permissionShape(call.world, account, role));
    },
  ),
];
