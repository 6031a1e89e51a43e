import { randomBytes } from "node:crypto";
import { forbidden, GitHubError, notFound, unprocessable } from "../http/errors.ts";
import { covers } from "../http/permissions.ts";
import { type Call, created, gone, guardedRoute, insist, type Route } from "../http/route.ts";
import type { Account } from "../world/account.ts";
import type { SelfHostedRunner } from "../world/runner.ts";

const PERMISSION = "organization_self_hosted_runners";
const DEFAULT_GROUP = 1;

export const runnerRoutes: Route[] = [
  guardedRoute("post", "/orgs/{org}/actions/runners/generate-jitconfig", (call) => {
    const organization = enter(call, call.params.org);
    insist(call);
    const { name, labels, runner_group_id: group } = call.body;
    const { runners } = call.world;
    if (group !== DEFAULT_GROUP) throw notFound();
    if ([...runners.all.values()].some((other) => other.organization === organization && other.name === name))
      throw new GitHubError(409, `Already exists - A runner with the name '${name}' already exists.`);
    const { id } = call.world.mint("runner");
    const key = randomBytes(32).toString("base64url");
    const runner: SelfHostedRunner = {
      id,
      name,
      organization,
      labels,
      key,
      take: undefined,
      job: undefined,
      over: Promise.withResolvers(),
      gone: new AbortController(),
    };
    runners.all.set(id, runner);
    const config = Buffer.from(JSON.stringify({ url: call.world.url, key })).toString("base64");
    return created(
      { runner: runnerShape(runner), encoded_jit_config: config },
      `made the runner ${name} for ${organization.login}`,
    );
  }),
  guardedRoute("delete", "/orgs/{org}/actions/runners/{runner_id}", (call) => {
    const organization = enter(call, call.params.org);
    insist(call);
    const runner = call.world.runners.all.get(Number(call.params.runner_id));
    if (runner?.organization !== organization) throw notFound();
    if (runner.job !== undefined)
      throw unprocessable(`Runner "${runner.name}" is still running a job and cannot be deleted.`);
    call.world.runners.all.delete(runner.id);
    return gone(`took the runner ${runner.name} away`);
  }),
];

function enter({ world, identity }: Pick<Call, "world" | "identity">, login: string): Account {
  if (identity.kind === "anonymous") throw new GitHubError(401, "Requires authentication");
  if (identity.kind !== "installation") throw forbidden("Resource not accessible by integration");
  const { account } = identity.installation;
  // Personal accounts have no such runners: docs.github.com "REST API endpoints for self-hosted runners".
  if (account.type !== "Organization" || account.login.toLowerCase() !== login.toLowerCase())
    throw notFound();
  if (!covers(identity.permissions, PERMISSION, "write"))
    throw forbidden("Resource not accessible by integration", [`${PERMISSION}:write`]);
  return world.accounts.get(account.login.toLowerCase()) ?? account;
}

function runnerShape({ id, name, labels, take, job }: SelfHostedRunner) {
  return {
    id,
    runner_group_id: DEFAULT_GROUP,
    name,
    os: "unknown",
    status: take === undefined && job === undefined ? "offline" : "online",
    busy: job !== undefined,
    ephemeral: true,
    labels: labels.map((label, index) => ({ id: index + 1, name: label, type: "custom" })),
  };
}
