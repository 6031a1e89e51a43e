import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@aicd/db/testing";
import { type LocalGitHub, type Person, type RegisteredApp, startLocalGitHub } from "@aicd/local-github";
import { afterAll } from "vitest";
import { publishRelease } from "../../packages/cli/src/demo/release.ts";
import { signIn } from "../../packages/cli/src/demo/sign-in.ts";
import { hasBwrap } from "../../packages/runner/src/testing/index.ts";
import { APP_EVENTS, APP_PERMISSIONS, IDLE_WORKFLOW, WORKFLOW } from "./app.ts";
import { createMoves } from "./moves.ts";
import { freePort } from "./port.ts";
import { createServerProcess, type ServerProcess } from "./server.ts";

export const ORG = "acme";
export const REPO = "acme/widget";
export const HUMAN = "mona";

export type World = {
  directory: string;
  github: LocalGitHub;
  app: RegisteredApp;
  person: Person;
  database: TestDatabase;
  server: ServerProcess;
  url: string;
  /** How the task of an issue moves, by the public API. */
  moves: ReturnType<typeof createMoves>;
  /** Environment of the server, to start another one beside it. */
  env: Record<string, string>;
};

/**
 * A local GitHub with a repository, an installed App, a person who may write, and a control plane of its
 * own on a database of its own.
 */
export async function createWorld(options: {
  env?: Record<string, string>;
  files?: Record<string, string>;
  /** False: whoever made the world starts its processes, then calls `install`. */
  start?: boolean;
  /** Another than the tests' own. */
  database?: TestDatabase;
  /** When to tear down: after the file's last test, or after the test that made the world. */
  after?: (work: () => Promise<void>) => void;
}): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), "aicd-world-"));
  const database = options.database ?? (await createTestDatabase());
  const github = await startLocalGitHub({ directory: join(directory, "github") });
  const url = `http://127.0.0.1:${await freePort()}`;
  const app = await seed(github, directory, url, options);
  // Whoever plays the runner uses no Action.
  if (options.files?.[WORKFLOW]) await publishRelease(github, join(directory, "release"));
  // A test that plays the runner itself says when a run is over; elsewhere the workflow runs as it is written.
  if (!options.files?.[WORKFLOW]) github.holdRunners();
  const keyPath = join(directory, "app.pem");
  await writeFile(keyPath, app.privateKeyPem, { mode: 0o600 });
  const env = {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    AICD_DIRECTORY: join(directory, "server"),
    DATABASE_URL: database.connectionString,
    PORT: new URL(url).port,
    PUBLIC_URL: url,
    APP_ID: String(app.appId),
    PRIVATE_KEY_PATH: keyPath,
    WEBHOOK_SECRET: app.webhookSecret,
    GITHUB_CLIENT_ID: app.clientId,
    GITHUB_CLIENT_SECRET: app.clientSecret,
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: github.url,
    ACTIONS_OIDC_ISSUER: github.oidc.issuer,
    GITHUB_WRITE_INTERVAL_MS: "0",
    ...options.env,
  };
  const server = createServerProcess(env);
  const after = options.after ?? afterAll;
  const person = github.as(HUMAN);
  const moves = createMoves({ url }, after);
  const world = { directory, github, app, person, database, server, url, moves, env };
  after(() => tearDown(world));
  if (options.start !== false) {
    await server.start();
    await install(world);
  }
  return world;
}

/** The App comes to the organization, and is told what this machine cannot do. */
export async function install({ github, app, url }: World): Promise<void> {
  await github.installApp(app, ORG, "all");
  // Runners, real or played, work with whatever this machine has.
  if (!hasBwrap()) await allowLess(url);
}

/** An owner's opt-out of the sandbox. */
async function allowLess(url: string): Promise<void> {
  const { client, org } = await signIn({ url, login: HUMAN });
  await client.updateOrganizationSettings({ org, body: { weakestSandbox: "process" } });
}

async function seed(
  github: LocalGitHub,
  directory: string,
  url: string,
  options: { files?: Record<string, string> },
): Promise<RegisteredApp> {
  await github.createUser(HUMAN, { name: "Mona Lisa" });
  await github.createUser("stranger");
  await github.createOrganization(ORG, { owner: HUMAN });
  const source = join(directory, "source");
  const files = {
    "README.md": "# Widget\n",
    "src/widget.js": "export const widget = 1;\n",
    [WORKFLOW]: IDLE_WORKFLOW,
    ...options.files,
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), content);
  }
  const [owner = "", name = ""] = REPO.split("/");
  await github.createRepository(owner, name, { from: source });
  await github.addCollaborator(REPO, HUMAN, "admin");
  return github.registerApp({
    name: "AI-CD",
    owner: ORG,
    webhookUrl: `${url}/api/github/webhooks`,
    permissions: APP_PERMISSIONS,
    events: APP_EVENTS,
  });
}

async function tearDown(world: World): Promise<void> {
  await world.server.stop();
  await world.github.stop();
  await world.database.drop();
  await rm(world.directory, { recursive: true, force: true, maxRetries: 5 });
}
