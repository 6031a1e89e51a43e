import { randomBytes } from "node:crypto";
import { type Logger, Secret } from "@aicd/ops";
import { request } from "@octokit/request";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import type { AppCredentials } from "../env.ts";
import { type AppChoice, addressOfManifest, appManifest } from "./manifest.ts";
import { choicePage, closedPage, donePage, setupPage } from "./pages.ts";
import { isToken } from "./token.ts";

type SetupOptions = {
  port: number;
  host: string;
  publicUrl: string | undefined;
  /** Whether the App is to make runners for a fleet. */
  fleet: boolean;
  serverUrl: string;
  apiUrl: string;
  log: Logger;
  /** Opens this page, and the way that follows on it. */
  token: string;
  signal: AbortSignal;
  /** Called with the address of the page, with the token that opens it: only whoever reads our output has it. */
  ready: (address: string) => void;
};

/**
 * Serves the page that makes the GitHub App (manifest flow) until GitHub has handed over its
 * credentials, then closes and returns them.
 */
export async function runSetup(options: SetupOptions): Promise<AppCredentials> {
  const state = randomBytes(24).toString("base64url");
  const { token } = options;
  const made = Promise.withResolvers<AppCredentials>();
  const server = fastify({ bodyLimit: 65_536, requestTimeout: 30_000 });
  let publicUrl = options.publicUrl ?? "";

  server.get("/", (req, reply) => showPage(req, reply, { ...options, publicUrl, state, token }));
  server.get("/setup/callback", async (req, reply) => {
    const code = codeOf(req, state);
    if (code === undefined) {
      return reply.code(400).send({
        detail: "This page must be reached from GitHub. Start again at the address that was printed.",
      });
    }
    const { page, credentials } = await convert(options.apiUrl, code);
    await reply.type("text/html; charset=utf-8").send(
      donePage({
        installUrl: `${page}/installations/new`,
        walkUrl: `${publicUrl}/setup?token=${token}`,
      }),
    );
    made.resolve(credentials);
  });
  server.get("/healthz", async () => ({ status: "ok", setup: true }));
  server.get("/readyz", async (_request, reply) =>
    reply
      .code(503)
      .send({ ready: false, problems: ["the GitHub App is not made yet; open the printed address"] }),
  );

  const address = await server.listen({ port: options.port, host: options.host });
  publicUrl = options.publicUrl ?? address;
  options.ready(`${address}/?token=${token}`);
  // Stopped before an App was made: the promise stays open, and the process ends with its shutdown.
  options.signal.addEventListener("abort", () => void server.close(), { once: true });
  try {
    return await made.promise;
  } finally {
    await server.close();
  }
}

/** The page with the one button, for whoever has the token. */
async function showPage(
  req: FastifyRequest,
  reply: FastifyReply,
  by: { serverUrl: string; publicUrl: string; fleet: boolean; state: string; token: string },
): Promise<FastifyReply> {
  reply.type("text/html; charset=utf-8").header("referrer-policy", "no-referrer");
  const query = req.query as Record<string, unknown>;
  if (!isToken(query.token, by.token)) return reply.code(403).send(closedPage());
  reply.header(
    "content-security-policy",
    `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${by.serverUrl}`,
  );
  const choice = readChoice(query);
  if (choice === undefined) return reply.send(choicePage({ token: by.token }));
  if (typeof choice === "string") return reply.send(choicePage({ token: by.token, problem: choice }));
  return reply.send(
    setupPage({
      action: addressOfManifest(by.serverUrl, choice, by.state),
      owner: choice.owner ?? "your own account",
      manifest: appManifest(by.publicUrl, `AI-CD ${randomBytes(3).toString("hex")}`, {
        ...choice,
        fleet: by.fleet,
      }),
    }),
  );
}

/** Undefined: nothing is chosen yet. A sentence: what is wrong with the choice. */
function readChoice(query: Record<string, unknown>): AppChoice | string | undefined {
  const { account, owner, visibility, workflows } = query;
  if (account !== "personal" && account !== "organization") return undefined;
  const rest = { isPublic: visibility === "public", workflows: workflows === "yes" };
  if (account === "personal") return { owner: undefined, ...rest };
  // GitHub's rule for logins.
  const isLogin = typeof owner === "string" && /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i.test(owner.trim());
  return isLogin ? { owner: owner.trim(), ...rest } : "Name the organization by its login, e.g. acme.";
}

/** What GitHub sends a person back with; undefined: they do not come from there. */
function codeOf(req: FastifyRequest, state: string): string | undefined {
  const { code, state: given } = req.query as { code?: unknown; state?: unknown };
  return isToken(given, state) && typeof code === "string" && /^[\w-]{1,200}$/.test(code) ? code : undefined;
}

/** Has GitHub make the App. */
async function convert(
  baseUrl: string,
  code: string,
): Promise<{ page: string; credentials: AppCredentials }> {
  const { data } = await request("POST /app-manifests/{code}/conversions", { baseUrl, code });
  if (data.webhook_secret === null) throw new Error("GitHub gave no webhook secret");
  const credentials = {
    appId: data.id,
    privateKey: new Secret(data.pem),
    webhookSecret: new Secret(data.webhook_secret),
    client: { id: data.client_id, secret: new Secret(data.client_secret) },
  };
  return { page: data.html_url, credentials };
}
