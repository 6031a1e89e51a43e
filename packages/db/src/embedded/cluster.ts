import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "./account.ts";
import { trouble } from "./trouble.ts";

const MAJOR = "18";

export const SUPERUSER = "aicd";

/** Makes the data directory `<directory>/data` unless it is there; returns the superuser's password. */
export async function ensureCluster(directory: string, initdb: string, account: Account): Promise<string> {
  const data = join(directory, "data");
  const secret = join(directory, "password");
  const version = await readFile(join(data, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version === undefined) return createCluster({ directory, data, secret, initdb, account });
  if (version.trim() !== MAJOR) {
    throw trouble("major", `${data} was made by Postgres ${version.trim()}, this is Postgres ${MAJOR}.`);
  }
  return (await readFile(secret, "utf8")).trim();
}

async function createCluster(input: {
  directory: string;
  data: string;
  secret: string;
  initdb: string;
  account: Account;
}): Promise<string> {
  const { directory, data, secret, initdb, account } = input;
  const password = randomBytes(24).toString("base64url");
  // Built aside and renamed, so that a kill half way leaves no cluster rather than half a one.
  const aside = join(directory, "data.new");
  const handover = join(directory, "password.new");
  await rm(aside, { recursive: true, force: true });
  await rm(data, { recursive: true, force: true });
  await rm(handover, { force: true });
  await mkdir(aside, { mode: 0o700 });
  await writeFile(handover, `${password}\n`, { mode: 0o600 });
  if (account.ids) {
    await chown(aside, account.ids.uid, account.ids.gid);
    await chown(handover, account.ids.uid, account.ids.gid);
  }
  await runInitdb(initdb, account, [
    `--pgdata=${aside}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${handover}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The built-in provider sorts the same on every machine, whatever its libc or ICU says.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
  ]);
  if (account.ids) await chown(handover, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await rename(handover, secret);
  await rename(aside, data);
  return password;
}

async function runInitdb(initdb: string, account: Account, args: string[]): Promise<void> {
  const { file, args: all, options } = account.command(initdb, args);
  await new Promise<void>((resolve, reject) => {
    const child = spawn(file, all, { ...options, stdio: ["ignore", "ignore", "pipe"] });
    let complaint = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      complaint = (complaint + chunk.toString("utf8")).slice(-4_000);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb ended with ${code}: ${complaint.trim()}`));
    });
  });
}
