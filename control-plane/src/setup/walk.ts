import { parseCookie, stringifySetCookie } from "cookie";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Step, walkPage } from "./pages.ts";
import { readSteps, type StepDeps, tryKeys } from "./steps.ts";
import { isToken } from "./token.ts";

const COOKIE = "aicd_setup";

/**
 * `/setup` of a running server: from the new App to the first repository. Each step is read from what is, so that it
 * can be left and taken up again, also after a restart. Open to whoever has the printed token.
 */
export function walkRoutes(deps: StepDeps & { publicUrl: string; setupToken: string | undefined }) {
  return async function routes(server: FastifyInstance): Promise<void> {
    const { setupToken } = deps;
    // An App made in another way has no such page.
    if (setupToken === undefined) return;
    server.get("/setup", async (request, reply) => {
      if (!isOpen(request, setupToken)) return closed(reply);
      remember(deps, reply, setupToken);
      // It costs nothing and changes nothing, so a link may ask for it.
      const wants = (request.query as { try?: unknown }).try === "model";
      return show(reply, await readSteps(deps, wants ? await tryKeys(deps) : undefined));
    });
  };
}

function isOpen(request: FastifyRequest, token: string): boolean {
  const { token: given } = request.query as { token?: unknown };
  const header = request.headers.cookie ?? "";
  return isToken(given, token) || (header.length < 8_192 && isToken(parseCookie(header)[COOKIE], token));
}

/** GitHub sends a person back here once the App is installed, without the token. */
function remember({ publicUrl }: { publicUrl: string }, reply: FastifyReply, token: string): void {
  const cookie = {
    name: COOKIE,
    value: token,
    httpOnly: true,
    sameSite: "lax" as const,
    path: "/setup",
    secure: publicUrl.startsWith("https:"),
    maxAge: 24 * 60 * 60,
  };
  reply.header("set-cookie", stringifySetCookie(cookie));
}

function show(reply: FastifyReply, steps: readonly Step[]): FastifyReply {
  return reply
    .type("text/html; charset=utf-8")
    .header("referrer-policy", "no-referrer")
    .header("cache-control", "no-store")
    .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
    .send(walkPage(steps));
}

function closed(reply: FastifyReply): FastifyReply {
  return reply
    .code(403)
    .type("text/plain; charset=utf-8")
    .send("Open the address that the server printed, token and all.\n");
}
