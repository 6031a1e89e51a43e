import { parseCookie, stringifySetCookie } from "cookie";
import type { FastifyReply, FastifyRequest } from "fastify";

const NAMES = { session: "aicd_session", signIn: "aicd_sign_in" } as const;
type CookieName = keyof typeof NAMES;

/** Over https the name itself makes browsers insist on Secure, this host and the whole path. */
function nameOf(publicUrl: string, cookie: CookieName): string {
  return publicUrl.startsWith("https:") ? `__Host-${NAMES[cookie]}` : NAMES[cookie];
}

export function readCookie(
  publicUrl: string,
  request: FastifyRequest,
  cookie: CookieName,
): string | undefined {
  const header = request.headers.cookie;
  if (header === undefined || header.length > 8_192) return undefined;
  return parseCookie(header)[nameOf(publicUrl, cookie)];
}

export function sessionCookie(publicUrl: string, request: FastifyRequest): string | undefined {
  return readCookie(publicUrl, request, "session");
}

/** Not for scripts, not for other sites' requests but links that lead here. `undefined` takes it away. */
export function setCookie(
  publicUrl: string,
  reply: FastifyReply,
  cookie: CookieName,
  value: { value: string; maxAgeSeconds: number } | undefined,
): void {
  reply.header(
    "set-cookie",
    stringifySetCookie({
      name: nameOf(publicUrl, cookie),
      value: value?.value ?? "",
      maxAge: value?.maxAgeSeconds ?? 0,
      path: "/",
      httpOnly: true,
      sameSite: "lax",
      secure: publicUrl.startsWith("https:"),
    }),
  );
}
