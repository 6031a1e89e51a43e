import { execFile, type SpawnOptions } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Nothing of our own environment reaches Postgres: it needs none of it and must not see secrets. */
const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};

export interface Account {
  /** Undefined when we are not root: Postgres then runs as ourselves. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
  /** Program, arguments and options for `spawn` that run the command as this account. */
  command(file: string, args: readonly string[]): { file: string; args: string[]; options: SpawnOptions };
}

/**
 * Postgres refuses to run as root, so as root an account is found or made for it.
 * @param paths what the account must be able to reach (binaries and data)
 */
export async function chooseAccount(paths: readonly string[]): Promise<Account> {
  if (process.getuid?.() !== 0) {
    return {
      ids: undefined,
      command: (file, args) => ({ file, args: [...args], options: { env: ENVIRONMENT } }),
    };
  }
  const ids = await findOrMakeUser();
  const hidden = await firstUnreachable(paths, ids);
  if (!hidden) {
    return {
      ids,
      command: (file, args) => ({ file, args: [...args], options: { env: ENVIRONMENT, ...ids } }),
    };
  }
  const prefix = await searchingPrefix(ids, hidden);
  return {
    ids,
    command: (file, args) => ({
      file: "setpriv",
      args: [...prefix, file, ...args],
      options: { env: ENVIRONMENT },
    }),
  };
}

async function findOrMakeUser(): Promise<{ uid: number; gid: number }> {
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
  throw new Error("Postgres cannot run as root and no other user could be made. Run as an ordinary user.");
}

async function lookUp(name: string): Promise<{ uid: number; gid: number } | undefined> {
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

/** A checkout in /root (mode 700) hides binaries and data from every other user. */
async function firstUnreachable(
  paths: readonly string[],
  ids: { uid: number; gid: number },
): Promise<string | undefined> {
  for (const path of paths) {
    for (let directory = dirname(path); directory !== dirname(directory); directory = dirname(directory)) {
      const { mode, uid, gid } = await stat(directory);
      const bit = uid === ids.uid ? 0o100 : gid === ids.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return directory;
    }
  }
  return undefined;
}

/** Lends the account one capability, to search directories, rather than opening the user's home to all. */
async function searchingPrefix(ids: { uid: number; gid: number }, hidden: string): Promise<string[]> {
  const capability = await offeredCapability();
  const prefix = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, "--clear-groups"];
  prefix.push(`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`, "--");
  try {
    await run("setpriv", [...prefix, "true"], { env: ENVIRONMENT });
    return prefix;
  } catch (cause) {
    throw new Error(
      `Postgres cannot run as root, and its own user cannot enter ${hidden}. Move the checkout to a folder others may enter, run as an ordinary user, or set DATABASE_URL.`,
      { cause },
    );
  }
}

async function offeredCapability(): Promise<"dac_read_search" | "dac_override"> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return (bounding & 4n) !== 0n ? "dac_read_search" : "dac_override";
}
