import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { accountNamed } from "../accounts/account.ts";
import { registerApp, slugOf } from "../apps/app.ts";
import type { Level } from "../http/permissions.ts";
import { refusedEvents } from "../rules/subscription.ts";
import type { Issue } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { html, page } from "./html.ts";
import { threadPage } from "./thread.ts";

/** The web pages a person or a browser flow needs; everything else of the site is not here. */
export function pageRoutes(world: World, server: FastifyInstance): void {
  server.get("/", (_request, reply) => {
    const links = [...world.repositories.values()].map((repository) => {
      const name = `${repository.owner.login}/${repository.name}`;
      const threads = [...repository.issues.values()].map(
        (issue) =>
          html`<li><a href="/${name}/${issue.pull ? "pull" : "issues"}/${issue.number}">#${issue.number} ${issue.title}</a></li>`,
      );
      return html`<h2>${name}</h2><ul>${threads}</ul>`;
    });
    return show(reply, page("Local GitHub", html`<h1>Local GitHub</h1>${links}`));
  });
  for (const kind of ["issues", "pull"] as const) {
    server.get<{ Params: ThreadParams }>(`/:owner/:repo/${kind}/:number`, (request, reply) => {
      const issue = issueAt(world, request.params);
      if (!issue || (kind === "pull" && !issue.pull))
        return show(reply.code(404), page("Not found", html`<h1>Not found</h1>`));
      return show(reply, threadPage(world, issue));
    });
  }
  server.get<{ Params: { run: string } }>("/:owner/:repo/actions/runs/:run", (request, reply) => {
    const run = world.runs.get(Number(request.params.run));
    if (!run) return show(reply.code(404), page("Not found", html`<h1>Not found</h1>`));
    const jobs = run.jobs.map(
      (job) => html`<h2>${job.name}: ${job.conclusion ?? job.status}</h2><pre>${job.log}</pre>`,
    );
    return show(
      reply,
      page(
        run.displayTitle,
        html`<h1>${run.displayTitle}</h1><p>${run.conclusion ?? run.status} ${run.problem ?? ""}</p>${jobs}`,
      ),
    );
  });
  server.post<FromManifest>("/settings/apps/new", (request, reply) => fromManifest(world, request, reply));
  server.post<FromManifest>("/organizations/:org/settings/apps/new", (request, reply) =>
    fromManifest(world, request, reply),
  );
}

function show(reply: FastifyReply, markup: string): FastifyReply {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return reply.type("text/html; charset=utf-8").header("content-security-policy", policy).send(markup);
}

interface ThreadParams {
  owner: string;
  repo: string;
  number: string;
}

function issueAt(world: World, { owner, repo, number }: ThreadParams): Issue | undefined {
  return world.names.get(`${owner}/${repo}`.toLowerCase())?.issues.get(Number(number));
}

interface Manifest {
  name?: string;
  hook_attributes?: { url?: string };
  redirect_url?: string;
  default_permissions?: Record<string, Level>;
  default_events?: string[];
}

interface FromManifest {
  Params: { org?: string };
  Querystring: { state?: string };
}

/** The manifest flow's first half: a browser posts the form, the App exists, and a code goes back to `redirect_url`. */
async function fromManifest(
  world: World,
  request: FastifyRequest<FromManifest>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { org } = request.params;
  const { state } = request.query;
  const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString() : "");
  const manifest: Manifest = JSON.parse(form.get("manifest") ?? "{}");
  const owner = org
    ? accountNamed(world, org)
    : [...world.accounts.values()].find((each) => each.type === "User");
  if (!owner || !manifest.redirect_url) return reply.code(422).send({ message: "Validation Failed" });
  const refused = refusedEvents(manifest.default_events ?? [], manifest.default_permissions ?? {});
  if (refused.length > 0) {
    const problems = refused.map((each) => html`<li>Error ${each}</li>`);
    const title = "Invalid GitHub App configuration";
    return show(reply.code(422), page(title, html`<h1>${title}</h1><ul>${problems}</ul>`));
  }
  const name = manifest.name ?? `app-${randomBytes(3).toString("hex")}`;
  const app = await registerApp(world, {
    name,
    slug: slugOf(name),
    owner,
    webhookUrl: manifest.hook_attributes?.url,
    webhookSecret: randomBytes(20).toString("hex"),
    permissions: manifest.default_permissions ?? {},
    events: manifest.default_events ?? [],
  });
  const code = randomBytes(20).toString("hex");
  world.manifestCodes.set(code, app);
  const target = new URL(manifest.redirect_url);
  target.searchParams.set("code", code);
  if (state) target.searchParams.set("state", state);
  return reply.redirect(target.href);
}
