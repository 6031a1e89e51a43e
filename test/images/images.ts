import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startEmbeddedPostgres } from "../../packages/db/src/index.ts";
import { startLocalGitHub } from "../../packages/local-github/src/index.ts";
import { makeRoot } from "../fresh/root.ts";
import { APP_EVENTS, APP_PERMISSIONS } from "../world/app.ts";
import { freePort } from "../world/port.ts";
import { build, type Image } from "./build.ts";

/**
 * `npm run test:images`: the steps of the server's image in a plain Debian, then what is built is started as a
 * container would be: its user, read-only but for its volumes, no capability, nothing of this checkout in sight.
 * Needs root, mmdebstrap and package registries.
 */
if (process.getuid?.() !== 0) {
  process.stderr.write("`npm run test:images` makes a Debian and enters it: run it as root.\n");
  process.exit(1);
}
const checkout = resolve(import.meta.dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "aicd-images-"));
const postgres = await startEmbeddedPostgres({ directory: join(directory, "postgres"), disposable: true });
const github = await startLocalGitHub({ directory: join(directory, "github") });
let failed = 0;
try {
  const base = makeRoot(directory);
  const image = await build({ checkout, dockerfile: "docker/server.Dockerfile", base, directory });
  report(
    "built",
    true,
    `${execFileSync("du", ["-sm", join(image.root, "app")], { encoding: "utf8" }).split("\t")[0]} MB of its own`,
  );
  const strangers = strangersIn(join(image.root, "app"));
  report("holds what it runs on, and nothing else", strangers.length === 0, strangers.slice(0, 5).join(", "));
  await tryOut(image);
} catch (error) {
  report("built", false, (error as Error).message);
} finally {
  await Promise.all([postgres.stop(), github.stop()]);
  rmSync(directory, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

async function tryOut(image: Image): Promise<void> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await github.createOrganization("acme");
  const app = await github.registerApp({
    name: "AI-CD",
    owner: "acme",
    webhookUrl: `${url}/api/github/webhooks`,
    permissions: APP_PERMISSIONS,
    events: APP_EVENTS,
  });
  const env = {
    ...image.env,
    DATABASE_URL: postgres.connectionString,
    APP_ID: `${app.appId}`,
    PRIVATE_KEY: app.privateKeyPem,
    WEBHOOK_SECRET: app.webhookSecret,
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64"),
    PUBLIC_URL: url,
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: github.url,
    PORT: `${port}`,
  };
  const migrated = await contain(image, env, ["node", "control-plane/src/migrate.ts"]).ended;
  report("migrates as it is, and ends", migrated.code === 0, migrated.output);
  const web = contain(image, { ...env, AICD_ROLE: "web" }, image.command);
  const health = { code: 1, output: "" };
  for (let tries = 0; tries < 60 && health.code !== 0 && web.running(); tries++) {
    Object.assign(health, await contain(image, { ...env, AICD_ROLE: "web" }, image.health).ended);
  }
  report("is healthy as `web`", health.code === 0, health.code === 0 ? health.output : web.output());
  const writes = await contain(image, env, [
    "sh",
    "-c",
    "touch /app/x /etc/x 2>&1; touch /var/lib/aicd/x /tmp/x",
  ]).ended;
  report(
    "writes to its volumes and nowhere else",
    writes.code === 0 && writes.output.match(/Read-only/g)?.length === 2,
    writes.output,
  );
  web.stop();
  const ended = await web.ended;
  report("drains and ends on SIGTERM", ended.code === 0, ended.output);
}

/** One process as the image says it runs. */
function contain(image: Image, env: Record<string, string>, command: string[]) {
  const mounts = [
    "set -e",
    'mount --bind "$ROOT" "$ROOT"',
    'mount -o remount,bind,ro "$ROOT"',
    ...["/tmp", ...image.volumes].map((path) => `mount -t tmpfs -o mode=1777 tmpfs "$ROOT${path}"`),
    'mount -t proc proc "$ROOT/proc"',
    'mount --rbind /dev "$ROOT/dev"',
    `exec chroot --userspec=${image.user} --groups= "$ROOT" /usr/bin/env -i -C ${image.cwd} PATH=/opt/node24/bin:/usr/bin:/bin "$@"`,
  ].join("\n");
  const given = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const child = spawn(
    "setpriv",
    ["--no-new-privs", "unshare", "--mount", "sh", "-c", mounts, "sh", ...given, ...command],
    { env: { PATH: process.env.PATH, ROOT: image.root }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<{ code: number; output: string }>((done) => {
    child.once("close", (code) => done({ code: code ?? 1, output: output.trim() }));
  });
  return {
    ended,
    output: () => output,
    running: () => child.exitCode === null,
    stop: () => void child.kill("SIGTERM"),
  };
}

/** What has no place in an image: tests, other people's programs, what is not open. */
function strangersIn(app: string): string[] {
  mkdirSync(app, { recursive: true });
  return readdirSync(app, { recursive: true, encoding: "utf8" }).filter(
    (path) =>
      !/(^|\/)node_modules\//.test(path) &&
      /\.test\.ts$|(^|\/)(testing|fixtures|proprietary-ai|\.git)(\/|$)/.test(path),
  );
}

function report(what: string, isRight: boolean, said: string): void {
  if (!isRight) failed += 1;
  const last = said.trim().split("\n").at(-1) ?? "";
  process.stdout.write(`${isRight ? "✔" : "✘"}  ${what.padEnd(44)} ${last.slice(0, 110)}\n`);
  if (!isRight) process.stdout.write(`${said.slice(-2_000).replaceAll(/^/gm, "    │ ")}\n`);
}
