import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startLocalGitHub } from "@aicd/local-github";
import { afterAll } from "vitest";
import { APP_EVENTS, APP_PERMISSIONS } from "../setup/manifest.ts";

const FILES = {
  "README.md": "# Widget\n",
  "run.sh": "echo run\n",
  "src/sum.js": "export const sum = (a, b) => a + b;\n",
  ".github/workflows/aicd.yml": `name: AI-CD
run-name: AI-CD \${{ inputs.run-key }}
on:
  workflow_dispatch:
    inputs:
      attempt-id: { required: true, type: string }
      run-key: { required: true, type: string }
      control-plane-url: { required: true, type: string }
permissions: { contents: read, id-token: write }
jobs:
  agent:
    runs-on: ubuntu-latest
    steps:
      - run: "true"
`,
};

export type HomeOptions = {
  /** Where the App is told of what happens; without it nobody tells it. */
  webhookUrl?: string;
  limits?: NonNullable<Parameters<typeof startLocalGitHub>[0]["limits"]>;
  /** What its owner has given the App, where that is not all it asks for. */
  permissions?: Parameters<Awaited<ReturnType<typeof startLocalGitHub>>["registerApp"]>[0]["permissions"];
};
export type Home = Awaited<ReturnType<typeof startHome>>;

/**
 * A local GitHub with the repository `acme/widget`, where `mona` may write and the App is installed, for tests of
 * what is said to GitHub. One for a file: `const home = await startHome();`
 */
export async function startHome({
  webhookUrl,
  limits = {},
  permissions = APP_PERMISSIONS,
}: HomeOptions = {}) {
  const directory = await mkdtemp(join(tmpdir(), "aicd-home-"));
  const github = await startLocalGitHub({ directory: join(directory, "github"), limits });
  afterAll(async () => {
    await github.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  // No runner takes a job: what a runner says is said by the tests.
  github.holdRunners();
  const { id: monaId } = await github.createUser("mona");
  const account = {
    ...(await github.createOrganization("acme", { owner: "mona" })),
    kind: "Organization" as const,
  };
  for (const [path, content] of Object.entries(FILES)) {
    const file = join(directory, "source", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: path.endsWith(".sh") ? 0o755 : 0o644 });
  }
  const { id: repositoryId } = await github.createRepository("acme", "widget", {
    from: join(directory, "source"),
  });
  const app = await github.registerApp({
    name: "AI-CD",
    owner: "acme",
    permissions,
    events: APP_EVENTS,
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
  });
  const { installationId } = await github.installApp(app, "acme", "all");
  const mona = github.as("mona");

  async function ask<T>(path: string, send: { method?: string; body?: unknown } = {}): Promise<T> {
    const { method = "GET", body } = send;
    const answer = await fetch(`${github.url}/repos/acme/widget${path}`, {
      method,
      headers: { authorization: `Bearer ${mona.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`GitHub answered ${answer.status} to ${method} ${path}`);
    return (await answer.json()) as T;
  }

  const { object } = await ask<{ object: { sha: string } }>("/git/ref/heads/main");
  const answered: { fits: RegExp; work: () => Promise<unknown> }[] = [];

  const makeBranch = (name: string) =>
    ask("/git/refs", { method: "POST", body: { ref: `refs/heads/${name}`, sha: object.sha } });

  /** One more commit on a branch that is there, by mona. */
  async function commit(
    branchName: string,
    path: string,
    content = `${path}\n`,
    headline = path,
  ): Promise<void> {
    const head = await ask<{ object: { sha: string } }>(`/git/ref/heads/${branchName}`);
    const input = {
      branch: { repositoryNameWithOwner: "acme/widget", branchName },
      expectedHeadOid: head.object.sha,
      message: { headline },
      fileChanges: { additions: [{ path, contents: Buffer.from(content).toString("base64") }] },
    };
    const answer = await fetch(`${github.url}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${mona.token}` },
      body: JSON.stringify({
        query:
          "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }",
        variables: { input },
      }),
    });
    const { errors } = (await answer.json()) as { errors?: unknown };
    if (errors !== undefined) throw new Error(`no commit was made: ${JSON.stringify(errors)}`);
  }

  return {
    github,
    app,
    monaId,
    /** Does something once, after GitHub has answered a call of ours and before we read that. `fits`: `METHOD path`. */
    onAnswer: (fits: RegExp, work: () => Promise<unknown>) => void answered.push({ fits, work }),
    fetch: (async (input, init) => {
      const answer = await fetch(input, init);
      const { pathname } = new URL(input instanceof Request ? input.url : String(input));
      const call = `${init?.method ?? "GET"} ${pathname}`;
      const index = answered.findIndex(({ fits }) => fits.test(call));
      if (index >= 0) await answered.splice(index, 1)[0]?.work();
      return answer;
    }) satisfies typeof fetch,
    account,
    installationId,
    repositoryId,
    baseSha: object.sha,
    mona,
    /** Asks GitHub about the repository, as mona. */
    ask,
    /** The issue that the tasks of a task world are about. */
    issue: async () => {
      const words = { title: "Sums are wrong", body: "They are rounded twice." };
      return (await mona.openIssue("acme/widget", words)).number;
    },
    /** Texts on a thread, oldest first. */
    thread: async (number: number) =>
      (await ask<{ body: string }[]>(`/issues/${number}/comments`)).map(({ body }) => body),
    commit,
    makeBranch,
    /** A pull request of mona's with one new file, from a new branch. */
    async pull(branch: string): Promise<number> {
      await makeBranch(branch);
      await commit(branch, `${branch}.txt`);
      const body = { title: branch, head: branch, base: "main" };
      return (await ask<{ number: number }>("/pulls", { method: "POST", body })).number;
    },
    /** A review with one comment on the first line of a file; the comment's id. */
    async reviewed(
      number: number,
      path: string,
    ): Promise<{ reviewId: number; nodeId: string; commentId: number }> {
      const { id: reviewId, nodeId } = await mona.review("acme/widget", number, {
        event: "COMMENT",
        comments: [{ path, line: 1, body: "Why?" }],
      });
      const comments = await ask<{ id: number }[]>(`/pulls/${number}/reviews/${reviewId}/comments`);
      return { reviewId, nodeId, commentId: comments[0]?.id ?? 0 };
    },
  };
}
