import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { restEndpointMethods } from "@octokit/plugin-rest-endpoint-methods";
import { type LocalGitHub, type LocalGitHubOptions, type RegisteredApp, startLocalGitHub } from "../index.ts";

export const Client = Octokit.plugin(restEndpointMethods, paginateRest);
export type Client = InstanceType<typeof Client>;

export const REPO = { owner: "octo", repo: "demo" } as const;
export const NAME = "octo/demo";

interface Received {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A GitHub with an organization, two people, one repository and one App that is installed on it. */
export interface Scene {
  github: LocalGitHub;
  app: RegisteredApp;
  installationId: number;
  /** Speaks as the installation. */
  octokit: Client;
  /** Speaks as the App itself. */
  appOctokit: Client;
  /** What the App's webhook got, in order of arrival. */
  received: Received[];
  /** Status the webhook answers with. */
  answerWith: { status: number };
  directory: string;
  Client: typeof Client;
  /** One more commit on a branch, as the installation. */
  commitMore(branch: string, files: Record<string, string>): Promise<string>;
  /** What a commit on a branch was refused with. */
  commitRefusal(branch: string, files: Record<string, string>): Promise<{ type?: string; message: string }>;
  close(): Promise<void>;
}

const ALL_EVENTS = [
  "check_run",
  "issue_comment",
  "issues",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "pull_request_review_thread",
  "push",
  "repository",
  "repository_dispatch",
  "workflow_dispatch",
  "workflow_run",
];

const FILES: Record<string, string> = {
  "README.md": "# Demo\n\nfirst\nsecond\nthird\n",
  "src/add.js": "export function add(a, b) {\n  return a - b;\n}\n",
};

export interface SceneOptions {
  files?: Record<string, string>;
  /** Directory of the repository instead of `files`. */
  from?: string;
  private?: boolean;
  permissions?: Parameters<LocalGitHub["registerApp"]>[0]["permissions"];
  /** One scene serves a file of tests, which together write more than an App may; only tests of limits are strict. */
  limits?: LocalGitHubOptions["limits"];
}

/** `ada` owns the organization, `eve` is nobody in it. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const directory = await mkdtemp(join(tmpdir(), "local-github-test-"));
  const source = join(directory, "source");
  if (!options.from) await writeFiles(source, options.files ?? FILES);
  const received: Received[] = [];
  const answerWith = { status: 200 };
  const receiver = await listen(received, answerWith);
  const github = await startLocalGitHub({
    directory: join(directory, "github"),
    limits: options.limits ?? { contentPerMinute: 10_000, contentPerHour: 10_000 },
  });
  await github.createUser("ada", { name: "Ada Lovelace" });
  await github.createUser("eve");
  await github.createOrganization("octo", { owner: "ada" });
  await github.createRepository("octo", "demo", {
    from: options.from ?? source,
    private: options.private ?? false,
  });
  const app = await github.registerApp({
    name: "AI CD",
    webhookUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
    webhookSecret: "a secret",
    permissions: options.permissions ?? {
      actions: "write",
      checks: "write",
      contents: "write",
      issues: "write",
      pull_requests: "write",
    },
    events: ALL_EVENTS,
  });
  const { installationId } = await github.installApp(app, "octo", [NAME]);
  const auth = { appId: app.appId, privateKey: app.privateKeyPem };
  const common = { baseUrl: github.url, authStrategy: createAppAuth };
  const octokit = new Client({ ...common, auth: { ...auth, installationId } });
  return {
    github,
    app,
    installationId,
    octokit,
    Client,
    commitMore: (branch, files) => commitMore(octokit, branch, files),
    commitRefusal: (branch, files) => graphqlRefusal(commitMore(octokit, branch, files)),
    appOctokit: new Client({ ...common, auth }),
    received,
    answerWith,
    directory,
    async close() {
      await github.stop();
      await new Promise((resolve) => receiver.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function writeFiles(root: string, files: Record<string, string>): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

function listen(received: Received[], answerWith: { status: number }): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(answerWith.status).end("heard");
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** What a refused call said: status, message and the errors GitHub lists. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ status: number; message: string; errors: unknown }> {
  try {
    await call;
  } catch (error) {
    const { status, response } = error as {
      status: number;
      response: { data: { message: string; errors: unknown } };
    };
    return { status, message: response.data.message, errors: response.data.errors };
  }
  throw new Error("the call was not refused");
}

/** Type and message of the first error of a refused GraphQL query. */
export async function graphqlRefusal(call: Promise<unknown>): Promise<{ type?: string; message: string }> {
  try {
    await call;
  } catch (error) {
    const [first] = (error as { errors: { type?: string; message: string }[] }).errors;
    if (first) return { ...(first.type ? { type: first.type } : {}), message: first.message };
  }
  throw new Error("the query was not refused");
}

/** A branch off main with one signed commit on it; gives the commit's oid. */
export async function commitOnBranch(
  octokit: Client,
  branch: string,
  files: Record<string, string>,
  deletions: readonly string[] = [],
): Promise<string> {
  const main = await headOf(octokit, "main");
  await octokit.rest.git.createRef({ ...REPO, ref: `refs/heads/${branch}`, sha: main });
  return commitMore(octokit, branch, files, deletions);
}

export async function commitMore(
  octokit: Client,
  branch: string,
  files: Record<string, string>,
  deletions: readonly string[] = [],
): Promise<string> {
  const answer = await octokit.graphql<{ createCommitOnBranch: { commit: { oid: string } } }>(
    "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }",
    {
      input: {
        branch: { repositoryNameWithOwner: NAME, branchName: branch },
        expectedHeadOid: await headOf(octokit, branch),
        message: { headline: "fix: add instead of subtract" },
        fileChanges: {
          additions: Object.entries(files).map(([path, text]) => ({
            path,
            contents: Buffer.from(text).toString("base64"),
          })),
          deletions: deletions.map((path) => ({ path })),
        },
      },
    },
  );
  return answer.createCommitOnBranch.commit.oid;
}

export async function headOf(octokit: Client, branch: string): Promise<string> {
  const { data } = await octokit.rest.git.getRef({ ...REPO, ref: `heads/${branch}` });
  return data.object.sha;
}

/** A clone of the repository in a directory of its own, whose remote knows the person's token. */
export async function clone(scene: Scene, login: string): Promise<string> {
  const work = await mkdtemp(join(scene.directory, "clone-"));
  const { host } = new URL(scene.github.url);
  const url = `http://${login}:${scene.github.tokenFor(login)}@${host}/${NAME}.git`;
  await git(work, "clone", "--quiet", url, ".");
  await git(work, "config", "user.name", login);
  await git(work, "config", "user.email", `${login}@example.com`);
  return work;
}

/** What git said, on both of its channels, and how it ended. */
export function git(cwd: string, ...args: string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, {
      cwd,
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_TERMINAL_PROMPT: "0" },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, text }));
  });
}
