import { generateKeyPairSync } from "node:crypto";
import type { Visit } from "./enter.ts";
import { OLD_GIT } from "./root.ts";

/** A kind of machine, what is done there, and what is to come of it. */
export type Machine = Visit & {
  name: string;
  /** The checkout it happens in; the shell is in it already. */
  checkout: string;
  /** It works when the output ends like this; a trouble is one line, and that is all there is. */
  works?: RegExp;
  says?: RegExp;
};

const ROOTS = "/root/ai-cd";
const MONAS = "/home/mona/ai-cd";
const MERGED = /"outcome":"merged".*$/;
const PASSED = /\d+ passed, 0 failed(?:, \d+ skipped)?$/;
const DEMO = "npm run -s demo -- --json";
const HIDE = (program: string) => `mount --bind /dev/null "$(command -v ${program})"`;
const CI = `npm ci --no-audit --no-fund > ci.log 2>&1 || { cat ci.log; exit 1; }
  grep -c "npm warn" ci.log >&2 || true
  test "$(grep -c EBADENGINE ci.log)" = 0 && echo "$(du -sm node_modules | cut -f1) MB"`;
const SMALL = /^0\n(?:[1-5]\d\d|600) MB$/;

/**
 * A share of `npm test` with a bit of everything: units, real Postgres in every way it is started, git, the queue,
 * webhooks through a killed Postgres, and one task through the whole server. The demo has rows of its own.
 */
export const SHARE = [
  "packages/core",
  "packages/db",
  "packages/queue",
  "packages/github",
  "packages/cli/src/demo",
  "packages/cli/src/index-locally",
  "packages/runner/src/checkout",
  "control-plane/src/setup",
  "control-plane/src/intake",
  "control-plane/src/indexing",
  "test/architecture",
  "test/e2e/mock-walk.test.ts",
].join(" ");

/** The two commands of the README, as both kinds of user, and under the strictest umask. */
export function commands(share: string): Machine[] {
  const test = `npm test -s -- ${share}`;
  const masked = { checkout: "/root/masked", before: "umask 077" };
  return [
    { name: "root, home of mode 700: npm ci", checkout: ROOTS, script: CI, works: SMALL },
    { name: "root, home of mode 700: npm run demo", checkout: ROOTS, script: DEMO, works: MERGED },
    { name: "root, home of mode 700: npm test", checkout: ROOTS, script: test, works: PASSED },
    { name: "ordinary user: npm ci", user: "mona", checkout: MONAS, script: CI, works: SMALL },
    { name: "ordinary user: npm run demo", user: "mona", checkout: MONAS, script: DEMO, works: MERGED },
    { name: "ordinary user: npm test", user: "mona", checkout: MONAS, script: test, works: PASSED },
    { name: "root, umask 077: npm ci", ...masked, script: CI, works: SMALL },
    { name: "root, umask 077: npm run demo", ...masked, script: DEMO, works: MERGED },
    {
      name: "root, umask 077: npm test",
      ...masked,
      script: "npm test -s -- packages/db packages/runner/src/checkout control-plane/src/setup",
      works: PASSED,
    },
  ];
}

/** Each is the demo of root's or mona's checkout on a machine that lacks or has something. */
export const ODD: Machine[] = [
  { name: "Node 22", node: "22", checkout: ROOTS, script: DEMO, works: MERGED },
  { name: "Node 24", node: "24", checkout: ROOTS, script: DEMO, works: MERGED },
  { name: "no HOME", env: { HOME: undefined }, checkout: ROOTS, script: DEMO, works: MERGED },
  {
    name: "no TMPDIR where it says",
    env: { TMPDIR: "/nowhere" },
    checkout: ROOTS,
    script: DEMO,
    says: /^Temporary files cannot be made in \/nowhere \(ENOENT\)\. Set TMPDIR to .+$/,
  },
  {
    name: "no TMPDIR where it says: npm test",
    env: { TMPDIR: "/nowhere" },
    checkout: ROOTS,
    script: "npm test -s -- packages/core 2>&1 | grep -v '^$' | grep -c '    at '",
    works: /^0$/,
  },
  {
    name: "a very long TMPDIR",
    before: `mkdir -p "/tmp/${"long/".repeat(40)}"`,
    env: { TMPDIR: `/tmp/${"long/".repeat(40)}` },
    checkout: ROOTS,
    script: `${DEMO}`,
    works: MERGED,
  },
  {
    name: "a path with spaces and letters",
    before: 'mkdir -p "/srv/Zoë\'s Büro" && mount --bind /root/ai-cd "/srv/Zoë\'s Büro"',
    checkout: "/srv/Zoë's Büro",
    script: `${DEMO} && npm test -s -- packages/db/src/embedded packages/cli/src/index-locally`,
    works: PASSED,
  },
  {
    name: "a read-only checkout",
    before: `mount --bind ${ROOTS} ${ROOTS} && mount -o remount,bind,ro ${ROOTS}`,
    checkout: ROOTS,
    script: `${DEMO} && npm test -s -- packages/db packages/cli/src/index-locally control-plane/src/setup`,
    works: PASSED,
  },
  {
    name: "a read-only checkout: npm start",
    before: `mount --bind ${ROOTS} ${ROOTS} && mount -o remount,bind,ro ${ROOTS}`,
    checkout: ROOTS,
    script: "npm start -s",
    says: /^\/root\/ai-cd\/\.aicd cannot be written\. Set AICD_DIRECTORY to .+$/,
  },
  { name: "no setpriv", before: HIDE("setpriv"), checkout: ROOTS, script: DEMO, works: MERGED },
  {
    name: "no useradd and no user postgres",
    before: `${HIDE("useradd")}; sed /^postgres/d /etc/passwd > /dev/shm/p; mount --bind /dev/shm/p /etc/passwd`,
    checkout: ROOTS,
    script: DEMO,
    works: MERGED,
  },
  {
    name: "no capability to lend",
    through: "setpriv --bounding-set=-setpcap,-dac_read_search",
    checkout: ROOTS,
    script: DEMO,
    works: MERGED,
  },
  {
    name: "root without any capability",
    through: "setpriv --bounding-set=-all",
    checkout: ROOTS,
    script: DEMO,
    says: /Postgres refuses to run as root, and this root may not become another user .* set DATABASE_URL to .+$/,
  },
  {
    name: "no user namespaces",
    user: "mona",
    before: "echo 0 > /proc/sys/user/max_user_namespaces || true",
    checkout: MONAS,
    script: DEMO,
    works: MERGED,
  },
  {
    name: "twice at the same time",
    checkout: ROOTS,
    script: `${DEMO} > /tmp/first.log 2>&1 & ${DEMO} && wait $! && tail -1 /tmp/first.log`,
    works: MERGED,
  },
  {
    name: "after a crash of the one before",
    checkout: ROOTS,
    script: `setsid ${DEMO} > /tmp/crash.log 2>&1 & sleep 6; kill -9 -1 2>/dev/null || kill -9 -- -$!; true; ${DEMO}`,
    works: MERGED,
  },
  {
    name: "data of an older Postgres: npm start",
    before: "mkdir -p /tmp/old/postgres/data && echo 17 > /tmp/old/postgres/data/PG_VERSION",
    env: { AICD_DIRECTORY: "/tmp/old", APP_ID: "1", PRIVATE_KEY: newPrivateKey(), WEBHOOK_SECRET: "x" },
    checkout: ROOTS,
    script: "npm start -s",
    says: /was made by Postgres 17, this is Postgres 18\. .+set DATABASE_URL/,
  },
  {
    name: "git of Debian 11",
    before: `mount --bind ${OLD_GIT} /usr/bin/git`,
    checkout: ROOTS,
    script: DEMO,
    says: /^git version 2\.30\.\d+ is too old\. Install git 2\.32 or later\.$/,
  },
  { name: "npx aicd", checkout: ROOTS, script: "npx aicd --help | head -1", works: /^Usage: aicd/ },
];

/** A key that is whole, so that nothing but what a row is about stops the server. */
function newPrivateKey(): string {
  const encoding = { type: "pkcs8", format: "pem" } as const;
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(encoding).toString();
}
