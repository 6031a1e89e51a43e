import { randomUUID } from "node:crypto";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { claimsOf, discovery } from "../actions/claims.ts";
import { logPages } from "../actions/log.ts";
import { challenge, serveGit } from "../git/serve.ts";
import { executeGraphql } from "../graphql/execute.ts";
import { oauthPages } from "../oauth/pages.ts";
import { pageRoutes } from "../pages/routes.ts";
import { runnerSessions } from "../runners/session.ts";
import { recordUnexpected, type World } from "../world/world.ts";
import { answer, callRoute, rawBody } from "./answer.ts";
import { authenticate } from "./authenticate.ts";
import { GitHubError } from "./errors.ts";
import { meterGraphql, rateHeaders } from "./meter.ts";
import { routes } from "./table.ts";

/** GitHub takes 100 MB at most; a commit of many files in one mutation is the largest thing we send. */
const BODY_LIMIT_BYTES = 100 * 1024 * 1024;
/** Templates whose last part holds slashes. */
const OPEN_ENDED = new Set(["path", "ref", "basehead", "branch"]);

export function createServer(world: World): FastifyInstance {
  const server = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1000 },
    rewriteUrl: (request) => rewrite(world, request.url ?? "/"),
  });
  // Bodies are parsed where they are checked, so every route sees the bytes.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  server.addHook("onSend", async (request, reply) => {
    reply.headers({ ...standardHeaders(), ...rateHeaders(world, request) });
  });
  for (const route of routes) {
    server.route({
      method: route.method,
      url: fastifyPath(route.template),
      handler: (request, reply) =>
        answer({
          world,
          template: route.template,
          request,
          reply,
          work: () => callRoute(world, route, request),
        }),
    });
  }
  graphqlRoute(world, server);
  oidcRoutes(world, server);
  logPages(world, server);
  runnerSessions(world, server);
  gitRoutes(world, server);
  pageRoutes(world, server);
  oauthPages(world, server);
  server.setNotFoundHandler((request, reply) => unknownRoute(world, request, reply));
  return server;
}

/** Enterprise prefixes, the numeric paths that renamed repositories redirect to, and the root directory. */
function rewrite(world: World, url: string): string {
  const path = url.replace(/^\/api\/graphql/, "/graphql").replace(/^\/api\/v3(?=\/|$)/, "") || "/";
  const numeric = /^\/repositories\/(\d+)(.*)$/.exec(path);
  const repository = numeric && world.repositories.get(Number(numeric[1]));
  const named = repository ? `/repos/${repository.owner.login}/${repository.name}${numeric[2]}` : path;
  return named.replace(/^(\/repos\/[^/]+\/[^/]+\/contents)(?=\?|$)/, "$1/");
}

function fastifyPath(template: string): string {
  return template
    .replace(/\{([^}]+)\}$/, (whole, name: string) => (OPEN_ENDED.has(name) ? "*" : whole))
    .replaceAll(/\{([^}]+)\}/g, ":$1");
}

function standardHeaders(): Record<string, string> {
  return {
    "x-github-request-id": randomUUID().slice(0, 18).toUpperCase(),
    "x-github-media-type": "github.v3; format=json",
  };
}

function graphqlRoute(world: World, server: FastifyInstance): void {
  server.post("/graphql", (request, reply) =>
    answer({
      world,
      template: "/graphql",
      request,
      reply,
      work: async () => {
        const identity = authenticate(world, request.headers.authorization);
        if (identity.kind === "anonymous") {
          throw new GitHubError(401, "This endpoint requires you to be authenticated.");
        }
        const exceeded = meterGraphql(world, request, identity);
        if (exceeded) return { status: 200, body: { errors: [{ type: "RATE_LIMITED", message: exceeded }] } };
        return { status: 200, body: await executeGraphql(world, identity, rawBody(request)) };
      },
    }),
  );
}

function oidcRoutes(world: World, server: FastifyInstance): void {
  server.get("/_oidc/.well-known/openid-configuration", () => discovery(world));
  server.get("/_oidc/.well-known/jwks", () => world.oidc.jwks());
  server.get<{ Params: { job: string }; Querystring: { audience?: string } }>(
    "/_actions/idtoken/:job",
    async (request, reply) => {
      const { job: id } = request.params;
      const { audience } = request.query;
      const job = [...world.runs.values()].flatMap((run) => run.jobs).find((each) => String(each.id) === id);
      const shown = request.headers.authorization?.replace(/^bearer /i, "");
      if (!job?.oidcRequestToken || shown !== job.oidcRequestToken) {
        return reply.code(401).send({ message: "Unauthorized" });
      }
      const value = await world.oidc.sign(claimsOf(world, job, audience));
      return { count: value.length, value };
    },
  );
}

function gitRoutes(world: World, server: FastifyInstance): void {
  const services = [
    ["GET", "info/refs"],
    ["POST", "git-upload-pack"],
    ["POST", "git-receive-pack"],
  ] as const;
  for (const [method, service] of services) {
    server.route<GitCall>({
      method,
      url: `/:owner/:repo/${service}`,
      handler: (request, reply) =>
        answer({
          world,
          template: `git ${service}`,
          request,
          reply,
          work: () => git(world, service, request),
        }),
    });
  }
}

interface GitCall {
  Params: { owner: string; repo: string };
}

async function git(world: World, service: string, request: FastifyRequest<GitCall>) {
  const { owner, repo } = request.params;
  const query = request.url.split("?")[1] ?? "";
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([header, value]) => [header, value?.toString()]),
  );
  const name = repo.replace(/\.git$/, "");
  try {
    const identity = authenticate(world, headers.authorization);
    return await serveGit(world, {
      method: request.method,
      owner,
      name,
      service,
      query,
      headers,
      body,
      identity,
    });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.status === 401) throw challenge();
    return {
      status: error.status,
      body: Buffer.from(`remote: ${error.message}\n`),
      headers: { "content-type": "text/plain" },
    };
  }
}

/** Never 404: what this GitHub does not have must not look like what the real one has not found. */
function unknownRoute(world: World, request: FastifyRequest, reply: FastifyReply): unknown {
  const [path = "/"] = request.url.split("?");
  const message = `The local GitHub does not implement ${request.method} ${path}`;
  recordUnexpected(world, { kind: "unknown-route", method: request.method, path, detail: message });
  return reply.code(501).send({ message, method: request.method, path });
}
