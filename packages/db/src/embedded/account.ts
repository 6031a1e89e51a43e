import { execFile, type SpawnOptions } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { trouble } from "./trouble.ts";

const run = promisify(execFile);

/** Nothing of our own environment reaches Postgres: it needs none of it and must not see secrets. */
const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};

export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

export interface Account {
  /** Undefined when we are not root: Postgres then runs as ourselves. */
  readonly ids: Ids | undefined;
  /** Program, arguments and options for `spawn` that run the command as this account. */
  command(file: string, args: readonly string[]): { file: string; args: string[]; options: SpawnOptions };
}

/** Postgres as whoever runs us. */
export const ourselves: Account = {
  ids: undefined,
  command: (file, args) => ({ file, args: [...args], options: { env: ENVIRONMENT } }),
};

/** Another user, with what that user may. */
export function plainAccount(ids: Ids): Account {
  return {
    ids,
    command: (file, args) => ({ file, args: [...args], options: { env: ENVIRONMENT, ...ids } }),
  };
}

/** Another user, lent one capability to search and read: then a home of mode 700 needs not be opened to all. */
export async function lentAccount(ids: Ids): Promise<Account> {
  const capability = await offeredCapability();
  const prefix = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, "--clear-groups"];
  prefix.push(`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`);
  // initdb asks with access(2), which leaves capabilities out for a user that is not root, but for this bit.
  prefix.push("--securebits=+no_setuid_fixup", "--");
  return {
    ids,
    command: (file, args) => ({
      file: "setpriv",
      args: [...prefix, file, ...args],
      options: { env: ENVIRONMENT },
    }),
  };
}

/** Asked of the account itself and as Postgres will ask: modes alone know nothing of ACLs and mounts. */
export async function canReach(account: Account, paths: readonly string[]): Promise<boolean> {
  const { file, args, options } = account.command("sh", [
    "-c",
    'for path; do test -r "$path" && test -x "$path" || exit 1; done',
    "sh",
    ...paths,
  ]);
  try {
    await run(file, args, { ...options, cwd: "/" });
    return true;
  } catch {
    return false; // no: also when there is no setpriv, or it may not lend
  }
}

/** @throws AicdError when there is nobody and nobody can be made */
export async function findOrMakeUser(): Promise<Ids> {
  const existing = await lookUp("postgres");
  if (existing) return existing;
  try {
    await run("groupadd", ["--system", "postgres"], { env: ENVIRONMENT });
    await run("useradd", ["--system", "--no-create-home", "-g", "postgres", "postgres"], {
      env: ENVIRONMENT,
    });
  } catch {
    // Two starts may race for the name, and small images have no useradd: look again before giving up.
  }
  const made = (await lookUp("postgres")) ?? (await lookUp("nobody"));
  if (made) return made;
  throw trouble("nobody");
}

async function lookUp(name: string): Promise<Ids | undefined> {
  try {
    const [uid, gid] = await Promise.all([
      run("id", ["-u", name], { env: ENVIRONMENT }),
      run("id", ["-g", name], { env: ENVIRONMENT }),
    ]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined; // `id` exits 1 for an unknown name: an answer, not a failure
  }
}

async function offeredCapability(): Promise<"dac_read_search" | "dac_override"> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const permitted = BigInt(`0x${/^CapPrm:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return (permitted & 4n) !== 0n ? "dac_read_search" : "dac_override";
}
