import { createHash } from "node:crypto";

/** What a dispatch told the customer's repository, which is the one of its installation. */
export type Dispatch = { installation: number; attemptId: string; runKey: string; runId: number };

/** An installation has one organization with one repository; all their ids follow from its number. */
export const placeOf = (installation: number) => ({
  owner: `acme-${installation}`,
  ownerId: 100 + installation,
  repositoryId: 9_000 + installation,
});

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
  });
const notFound = () => json({ message: "Not Found" }, 404);
const sha = (text: string) => createHash("sha1").update(text).digest("hex");

/**
 * GitHub's edge for the benchmark: answers exactly the calls of this walk from memory and fails on any
 * other, so that what is measured is ours: the machine, Postgres and the queue.
 */
export function createEdge(onDispatch: (dispatch: Dispatch) => void): {
  fetch: typeof fetch;
  problems: string[];
} {
  const branches = new Map([["main", BASE]]);
  const problems: string[] = [];
  let serial = 1_000;

  const routes: [string, RegExp, (match: RegExpExecArray, body: Record<string, never>) => Response][] = [
    ["GET", /^\/app$/, () => json({ id: 1, slug: "ai-cd", html_url: "http://edge/apps/ai-cd" })],
    [
      "GET",
      /^\/app\/installations\/(\d+)$/,
      ([, id]) => {
        const { owner, ownerId } = placeOf(Number(id));
        return json({
          id: Number(id),
          target_type: "Organization",
          suspended_at: null,
          account: { id: ownerId, login: owner },
        });
      },
    ],
    ["GET", /^\/app\/installations\?/, () => json([])],
    ["GET", /^\/app\/hook\/deliveries/, () => json([])],
    [
      "POST",
      /^\/app\/installations\/\d+\/access_tokens$/,
      () =>
        json(
          {
            token: `ghs_${"x".repeat(500)}`,
            expires_at: "2099-01-01T00:00:00Z",
            permissions: {},
            repository_selection: "all",
          },
          201,
        ),
    ],
    ["DELETE", /^\/installation\/token$/, () => new Response(null, { status: 204 })],
    [
      "GET",
      /\/collaborators\/mona\/permission$/,
      () => json({ permission: "admin", role_name: "admin", user: { login: "mona", id: 1 } }),
    ],
    ["POST", /\/reactions$/, () => json({ id: serial++, content: "eyes" }, 201)],
    ["GET", /\/reactions\?/, () => json([{ id: 5, content: "eyes", user: { login: "ai-cd[bot]" } }])],
    ["DELETE", /\/reactions\/5$/, () => new Response(null, { status: 204 })],
    ["DELETE", /\/labels\/aicd(%3A|:)auto$/, () => json([])],
    ["GET", /\/issues\/\d+\/comments\?/, () => json([])],
    ["POST", /\/issues\/\d+\/comments$/, () => json({ id: serial++ }, 201)],
    ["PATCH", /\/issues\/comments\/\d+$/, () => json({ id: 1 })],
    [
      "GET",
      /\/git\/ref\/heads(?:%2F|\/)(.+)$/,
      ([, name = ""]) => {
        const head = branches.get(decodeURIComponent(name));
        return head === undefined ? notFound() : json({ ref: name, object: { sha: head } });
      },
    ],
    [
      "POST",
      /\/git\/refs$/,
      (_match, body: Record<string, string>) => {
        branches.set((body.ref ?? "").replace("refs/heads/", ""), body.sha ?? "");
        return json({ ref: body.ref, object: { sha: body.sha } }, 201);
      },
    ],
    ["GET", /\/git\/trees\//, () => json({ sha: BASE, truncated: false, tree: [] })],
    ["GET", /\/pulls\?/, () => json([])],
    [
      "POST",
      /\/pulls$/,
      (_match, body: Record<string, string>) => {
        const number = Number(/issue-(\d+)/.exec(body.head ?? "")?.[1]) + 1_000_000;
        return json(
          {
            number,
            html_url: `http://edge/acme/widget/pull/${number}`,
            head: { sha: branches.get(body.head ?? "") },
          },
          201,
        );
      },
    ],
    ["POST", /\/requested_reviewers$/, () => json({ number: 1 }, 201)],
    [
      "POST",
      /acme-(\d+)\/widget\/actions\/workflows\/aicd\.yml\/dispatches$/,
      ([, installation], body: { inputs?: Record<string, string> }) => {
        const runId = serial++;
        const { inputs = {} } = body;
        onDispatch({
          installation: Number(installation),
          attemptId: inputs["attempt-id"] ?? "",
          runKey: inputs["run-key"] ?? "",
          runId,
        });
        return json({ workflow_run_id: runId, run_url: "http://edge", html_url: "http://edge" });
      },
    ],
    [
      "POST",
      /^\/graphql$/,
      (_match, body: { query?: string; variables?: Record<string, unknown> }) => graphql(body),
    ],
  ];

  function graphql({
    query = "",
    variables = {},
  }: {
    query?: string;
    variables?: Record<string, unknown>;
  }): Response {
    if (query.startsWith("query start"))
      return json({ data: { repository: startOf(Number(variables.number)) } });
    if (query.startsWith("mutation commit")) {
      const input = variables.input as { branch: { branchName: string } };
      const oid = sha(input.branch.branchName);
      branches.set(input.branch.branchName, oid);
      return json({ data: { createCommitOnBranch: { commit: { oid } } } });
    }
    throw new Error(`the edge does not know ${query.slice(0, 80)}`);
  }

  return {
    problems,
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      const path = url.pathname + url.search;
      const method = init?.method ?? "GET";
      for (const [verb, pattern, answer] of routes) {
        const match = verb === method ? pattern.exec(path) : null;
        if (match !== null) return answer(match, typeof init?.body === "string" ? JSON.parse(init.body) : {});
      }
      problems.push(`${method} ${path}`);
      throw new Error(`the edge does not know ${method} ${path}`);
    },
  };
}

/** Head of `main`. */
export const BASE: string = sha("base");

function startOf(number: number): unknown {
  return {
    defaultBranchRef: { name: "main", target: { oid: BASE } },
    base: null,
    head: null,
    settings: null,
    issue: {
      number,
      title: `Make widget ${number}`,
      body: "It is missing.",
      url: `http://edge/acme/widget/issues/${number}`,
      author: { login: "mona", __typename: "User" },
      comments: { nodes: [] },
    },
  };
}
