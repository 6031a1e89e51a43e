/** GitHub's edge for the API's tests: who may write and who is a member, and what was in a file. */
export function githubEdge(): {
  fetch: typeof fetch;
  /** By login, or by `owner/name login` where a repository differs. */
  permissions: Map<string, string>;
  /** By login; who is not in it is no member. */
  members: Map<string, { id: number; role: "admin" | "member" }>;
  /** GitHub's id of each login; of one that is not in it GitHub names no account. */
  ids: Map<string, number>;
  away: { now: boolean };
  /** Every `owner/name login` that was asked about. */
  asked: string[];
  /** Modes and contents of the files that every commit has. */
  files: Map<string, { mode: string; content: string }>;
  /** Workflow runs by id; one that is not in it is not there. */
  runs: Map<number, { status: string; conclusion: string | null }>;
  /** Pull requests by number; one that is not in it is not there. */
  pulls: Map<number, { state: "open" | "closed"; merged: boolean }>;
  /** Runs that were cancelled, in order. */
  cancelled: number[];
  /** Pages of the App's deliveries, newest first; asked for again, they are in `redelivered`. */
  deliveries: { id: number; guid: string; delivered_at: string; status_code: number }[][];
  redelivered: number[];
} {
  const permissions = new Map<string, string>();
  const members = new Map<string, { id: number; role: "admin" | "member" }>();
  const ids = new Map<string, number>();
  const away = { now: false };
  const asked: string[] = [];
  const files = new Map([["src/sum.js", { mode: "100644", content: "sum" }]]);
  const runs = new Map<number, { status: string; conclusion: string | null }>();
  const pulls = new Map<number, { state: "open" | "closed"; merged: boolean }>();
  const cancelled: number[] = [];
  const deliveries: { id: number; guid: string; delivered_at: string; status_code: number }[][] = [];
  const redelivered: number[] = [];
  const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
    new Response(JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json", ...headers },
    });
  return {
    permissions,
    members,
    ids,
    away,
    asked,
    files,
    runs,
    pulls,
    cancelled,
    deliveries,
    redelivered,
    fetch: async (input) => {
      const { pathname, searchParams } = new URL(input instanceof Request ? input.url : String(input));
      if (pathname === "/app/hook/deliveries") {
        const page = Number(searchParams.get("cursor") ?? 0);
        const next = `<http://edge/app/hook/deliveries?cursor=${page + 1}>; rel="next"`;
        return json(deliveries[page] ?? [], 200, page + 1 < deliveries.length ? { link: next } : {});
      }
      const delivery = /^\/app\/hook\/deliveries\/(\d+)\/attempts$/.exec(pathname)?.[1];
      if (delivery !== undefined) {
        redelivered.push(Number(delivery));
        return json({}, 202);
      }
      // 404 is an answer of GitHub's; a status that is none of its normal ones is not tried again for long.
      if (away.now) return json({ message: "away" }, 451);
      if (pathname.endsWith("/access_tokens")) {
        return json({ token: "ghs_test", expires_at: "2099-01-01T00:00:00Z", permissions: {} }, 201);
      }
      const [, place, login] =
        /\/repos\/([^/]+\/[^/]+)\/collaborators\/([^/]+)\/permission$/.exec(pathname) ?? [];
      if (login !== undefined) {
        asked.push(`${place} ${login}`);
        const permission = permissions.get(`${place} ${login}`) ?? permissions.get(login) ?? "none";
        const id = ids.get(login);
        return json({ permission, user: id === undefined ? null : { id, login } });
      }
      const member = /\/orgs\/[^/]+\/memberships\/([^/]+)$/.exec(pathname)?.[1];
      if (member !== undefined) {
        const known = members.get(member);
        if (known === undefined) return json({ message: "Not Found" }, 404);
        return json({ state: "active", role: known.role, user: { id: known.id, login: member } });
      }
      const [, run, isCancel] = /\/actions\/runs\/(\d+)(\/cancel)?$/.exec(pathname) ?? [];
      if (run !== undefined) {
        const known = runs.get(Number(run));
        if (known === undefined) return json({ message: "Not Found" }, 404);
        if (isCancel === undefined) return json({ id: Number(run), ...known });
        cancelled.push(Number(run));
        return json({}, 202);
      }
      const pull = /\/pulls\/(\d+)$/.exec(pathname)?.[1];
      if (pull !== undefined) {
        const known = pulls.get(Number(pull));
        return known === undefined ? json({ message: "Not Found" }, 404) : json(known);
      }
      if (/\/contents\/[^/]+$/.test(pathname)) {
        const content = Buffer.from("sum before\n").toString("base64");
        return json({ type: "file", encoding: "base64", content, sha: "0".repeat(40) });
      }
      if (/\/git\/trees\/[0-9a-f]{40}$/.test(pathname)) {
        const tree = [...files].map(([path, { mode }]) => ({ path, mode, type: "blob", sha: path }));
        return json({ sha: "t", truncated: false, tree });
      }
      const blob = /\/git\/blobs\/(.+)$/.exec(pathname)?.[1];
      if (blob !== undefined) {
        const content = files.get(decodeURIComponent(blob))?.content ?? "";
        return json({ content: Buffer.from(content).toString("base64"), encoding: "base64" });
      }
      if (pathname.endsWith("/workflows/aicd.yml/runs")) return json({ total_count: 0, workflow_runs: [] });
      throw new Error(`the API called ${pathname} of GitHub, which no test expects`);
    },
  };
}
