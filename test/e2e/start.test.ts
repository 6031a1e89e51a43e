import { spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createTestDatabase } from "@aicd/db/testing";
import { startLocalGitHub } from "@aicd/local-github";
import { expect, it, onTestFinished } from "vitest";

const MAIN = join(import.meta.dirname, "../../control-plane/src/main.ts");
const database = await createTestDatabase();

function startServer(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    lines.push(JSON.parse(text));
    for (const look of [...waiting]) look();
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    child,
    lines,
    line: (fits: (line: Record<string, unknown>) => boolean) =>
      new Promise<Record<string, unknown>>((resolve) => {
        const look = () => {
          const found = lines.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

function privateKey(): string {
  const { privateKey: key } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return key.export({ type: "pkcs1", format: "pem" }).toString();
}

it("reports every problem of the environment at once, with the fix, and no secret", () => {
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? "",
    PORT: "http",
    LOG_LEVEL: "loud",
    PUBLIC_URL: "ftp://x",
    WEBHOOK_SECRET: "hush-hush",
  };
  // The variable's type knows the good levels only.
  const { status, stderr } = spawnSync(process.execPath, [MAIN], {
    env: env as NodeJS.ProcessEnv,
    encoding: "utf8",
  });

  expect(status).toBe(1);
  for (const part of ["PORT", "3000", "LOG_LEVEL", "PUBLIC_URL", "APP_ID", "PRIVATE_KEY"])
    expect(stderr).toContain(part);
  expect(stderr).not.toContain("hush-hush");
});

const BROKEN = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\n";

it.each([
  [{ DATABASE_URL: "mysql://root:hush-hush@db/aicd" }, "DATABASE_URL is wrong: mysql: is not postgres:"],
  [{ REDIS_URL: "http://:hush-hush@redis" }, "REDIS_URL is wrong: http: is not redis:"],
  [
    { ENCRYPTION_KEY: "aHVzaC1odXNo" },
    "ENCRYPTION_KEY is wrong: it has 9 bytes in base64, and 32 are needed",
  ],
  [{ APP_ID: "1", WEBHOOK_SECRET: "hush-hush", PRIVATE_KEY: BROKEN }, "PRIVATE_KEY is not a whole PEM"],
  [{ PORT: "http", ANTROPIC_API_KEY: "hush-hush" }, "Did you mean ANTHROPIC_API_KEY?"],
  [{ PORT: "80x" }, 'PORT is wrong: "80x" is not a number. Use a port number'],
  [{ AICD_DIRECTORY: "/dev/null/aicd" }, "/dev/null/aicd cannot be written. Set AICD_DIRECTORY"],
  [
    { AICD_DIRECTORY: "/dev/null/aicd", DATABSE_URL: "postgres://a:hush-hush@db/x" },
    "DATABSE_URL is no variable of ours. Did you mean DATABASE_URL?",
  ],
])("says in one line what is wrong with %j", (set, words) => {
  const env = { PATH: process.env.PATH ?? "", ...set };
  const { status, stderr } = spawnSync(process.execPath, [MAIN], {
    env: env as unknown as NodeJS.ProcessEnv,
    encoding: "utf8",
  });

  expect(status).toBe(1);
  expect(stderr).toContain(words);
  expect(stderr).not.toContain("hush-hush");
  expect(stderr).not.toContain("    at ");
});

it("tells of a misspelled name with what kept the server from starting, and before a command's work", async () => {
  const directory = await mkdtemp(join(tmpdir(), "aicd-start-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const env = {
    AICD_DIRECTORY: directory,
    DATABASE_URL: "postgres://a:hush-hush@127.0.0.1:1/x",
    ENCRYPTION_KYE: "hush-hush",
  };
  const hint = "ENCRYPTION_KYE is no variable of ours. Did you mean ENCRYPTION_KEY?";
  const app = { APP_ID: "1", WEBHOOK_SECRET: "hush-hush", PRIVATE_KEY: privateKey() };

  const server = startServer({ ...env, ...app, LOG_LEVEL: "fatal" });
  const { reason } = await server.line(({ level }) => level === "fatal");
  const { stderr } = spawnSync(process.execPath, [join(MAIN, "../migrate.ts")], {
    env: { PATH: process.env.PATH ?? "", ...env } as unknown as NodeJS.ProcessEnv,
    encoding: "utf8",
  });

  expect(reason).toMatch(/^The database at 127\.0\.0\.1:1 cannot be had/);
  expect(reason).toContain(hint);
  expect(stderr).toContain(hint);
  expect(reason + stderr).not.toContain("hush-hush");
});

it("says which port is taken, and which database does not answer, once and without a stack", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const directory = await mkdtemp(join(tmpdir(), "aicd-start-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const app = { APP_ID: "1", WEBHOOK_SECRET: "hush-hush", PRIVATE_KEY: privateKey() };

  const setup = startServer({ AICD_DIRECTORY: directory, PORT: String(port) });
  const dead = startServer({
    AICD_DIRECTORY: directory,
    ...app,
    DATABASE_URL: "postgres://a:hush-hush@127.0.0.1:1/x",
  });
  const [noPort, noDatabase] = await Promise.all(
    [setup, dead].map(({ line }) => line(({ level }) => level === "fatal")),
  );

  expect(noPort?.reason).toMatch(/^Port \d+ on 127\.0\.0\.1 cannot be had: another program has it/);
  expect(noDatabase?.reason).toMatch(/^The database at 127\.0\.0\.1:1 cannot be had: nothing answers there/);
  expect(JSON.stringify([...setup.lines, ...dead.lines])).not.toMatch(/hush-hush|"stack"/);
});

it("without an App says too which database does not answer, and opens no page that could not go on", async () => {
  const directory = await mkdtemp(join(tmpdir(), "aicd-start-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));

  const server = startServer({
    AICD_DIRECTORY: directory,
    PORT: "0",
    DATABASE_URL: "postgres://a:hush-hush@127.0.0.1:1/x",
    REDIS_URL: "redis://:hush-hush@127.0.0.1:1",
  });
  const { level, reason } = await server.line((line) => line.level === "fatal" || line.open !== undefined);

  expect(level).toBe("fatal");
  expect(reason).toMatch(/^The database at 127\.0\.0\.1:1 cannot be had: nothing answers there/);
  expect(JSON.stringify(server.lines)).not.toMatch(/hush-hush|"stack"/);
});

it("without an App says once that its Redis does not answer, as with one, and shows the page", async () => {
  const directory = await mkdtemp(join(tmpdir(), "aicd-start-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));

  const server = startServer({
    AICD_DIRECTORY: directory,
    PORT: "0",
    DATABASE_URL: database.connectionString,
    REDIS_URL: "redis://:hush-hush@127.0.0.1:1",
  });
  const { open } = await server.line((line) => line.open !== undefined);
  const told = server.lines.filter(({ msg }) => msg === "REDIS is away; it is tried again");

  expect((await fetch(String(open))).status).toBe(200);
  expect(told).toHaveLength(1);
  expect(told[0]?.reason).toMatch(
    /^The queue's Redis at 127\.0\.0\.1:1 cannot be had: nothing answers there/,
  );
  expect(JSON.stringify(server.lines)).not.toMatch(/hush-hush|"stack"/);
});

it("without an App shows the page that makes one, and goes on with what GitHub hands over", async () => {
  const directory = await mkdtemp(join(tmpdir(), "aicd-start-"));
  const github = await startLocalGitHub({ directory: join(directory, "github") });
  onTestFinished(async () => {
    await github.stop();
    await rm(directory, { recursive: true, force: true });
  });
  await github.createUser("mona");
  const server = startServer({
    AICD_DIRECTORY: join(directory, "server"),
    DATABASE_URL: database.connectionString,
    PORT: "0",
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: github.url,
    GITHUB_CLIENT_IDS: "a typing error",
  });
  const { open } = await server.line((line) => line.open !== undefined);

  const page = await (await fetch(`${open}&account=personal`)).text();
  const action = /action="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const manifest = /name="manifest" value="([^"]+)"/
    .exec(page)?.[1]
    ?.replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
  const forged = await fetch(new URL("/setup/callback?code=abc&state=wrong", String(open)));
  const stranger = await fetch(new URL("/?token=é", String(open)));
  const made = await fetch(action, {
    method: "POST",
    headers: { authorization: `Bearer ${github.tokenFor("mona")}` },
    body: new URLSearchParams({ manifest: manifest ?? "" }),
    redirect: "manual",
  });
  const callback = made.headers.get("location") ?? "";

  expect(forged.status).toBe(400);
  expect(stranger.status).toBe(403);
  expect(await stranger.text()).not.toContain("state=");
  expect(callback).toContain("/setup/callback?code=");
  const done = await (await fetch(callback)).text();
  expect(done).toContain("/installations/new");
  const { address } = await server.line((line) => line.msg === "AI-CD is ready");
  expect((await fetch(`${address}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${address}/metrics`)).text()).toContain("aicd_outbox_jobs_total");
  const walk = `${address}/setup${new URL(String(open)).search}`;
  expect(done).toContain(`/setup${new URL(String(open)).search}`);
  expect((await fetch(`${address}/setup?token=wrong`)).status).toBe(403);
  const before = await fetch(walk);
  const cookie = before.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect(await before.text()).toMatch(/→ Install the App.*· A delivery has arrived/s);
  const { appId } = JSON.parse(await readFile(join(directory, "server", "github-app.json"), "utf8"));
  await github.installApp({ appId }, "mona", "all");
  await github.settled();
  // GitHub sends a person back without the token; the page goes on from what is.
  const after = await (
    await fetch(`${address}/setup?setup_action=install&try=model`, { headers: { cookie } })
  ).text();
  expect(after).toContain("Installed on mona.");
  expect(after).toContain("✓ Permissions, as GitHub reports them");
  expect(after).toContain("→ A delivery has arrived");
  expect(after).toContain("This server has no key.");
  const saved = join(directory, "server", "github-app.json");
  expect((await stat(saved)).mode & 0o777).toBe(0o600);
  expect(server.lines.map((line) => JSON.stringify(line)).join("\n")).not.toContain(
    JSON.parse(await readFile(saved, "utf8")).webhookSecret,
  );

  server.child.kill("SIGTERM");
  const [code] = await once(server.child, "exit");
  expect(code).toBe(0);
  expect(server.lines.filter((line) => line.level === "error")).toEqual([]);
});
