/** GitHub's edge for the API's tests: who may write, and nothing else. */
export function githubEdge(): {
  fetch: typeof fetch;
  permissions: Map<string, string>;
  away: { now: boolean };
} {
  const permissions = new Map<string, string>();
  const away = { now: false };
  const json = (body: unknown, status = 200) =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  return {
    permissions,
    away,
    fetch: async (input) => {
      const { pathname } = new URL(input instanceof Request ? input.url : String(input));
      // 404 is an answer of GitHub's; a status that is none of its normal ones is not tried again for long.
      if (away.now) return json({ message: "away" }, 451);
      if (pathname.endsWith("/access_tokens")) {
        return json({ token: "ghs_test", expires_at: "2099-01-01T00:00:00Z", permissions: {} }, 201);
      }
      const login = /\/collaborators\/([^/]+)\/permission$/.exec(pathname)?.[1];
      if (login !== undefined) return json({ permission: permissions.get(login) ?? "none" });
      throw new Error(`the API called ${pathname} of GitHub, which no test expects`);
    },
  };
}
