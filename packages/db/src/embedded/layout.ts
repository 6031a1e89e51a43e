import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, open, realpath, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import {
  type Account,
  canReach,
  findOrMakeUser,
  type Ids,
  lentAccount,
  ourselves,
  plainAccount,
} from "./account.ts";
import { type Binaries, binariesOfNpm, copyBinaries, findPackage, type Package } from "./binaries.ts";
import { settleElsewhere } from "./elsewhere.ts";
import { trouble } from "./trouble.ts";

/** Where Postgres lives on this machine, and as whom. */
export interface Layout {
  /** Ours: the data, the log, the password, who uses the server. */
  readonly directory: string;
  /** Postgres' own. */
  readonly data: string;
  readonly binaries: Binaries;
  readonly account: Account;
}

/**
 * The one place that decides where binaries and data are and who runs them. In this order:
 * 1. as an ordinary user: as ourselves, data in `wanted`;
 * 2. as root: another account, when modes let it reach everything;
 * 3. the same account with a capability lent by setpriv, when root's folders are closed to it;
 * 4. either of them with a copy of the binaries beside the data, when only the data can be reached;
 * 5. the account with binaries and data in a folder of the system that everybody may enter.
 * Binaries that cannot be made ready where npm put them (read-only checkout) are copied beside the data.
 * @throws AicdError in one line that says what to do
 */
export async function chooseLayout(wanted: string): Promise<Layout> {
  const source = await findPackage();
  const directory = await makeFolder(wanted);
  const data = join(directory, "data");
  const owner = await ownerOf(data);
  const ofNpm = await binariesOfNpm(source);
  const uid = process.getuid?.();
  if (uid !== 0) {
    if (owner !== undefined && owner.uid !== uid && uid !== undefined) throw trouble("stranger", data);
    const binaries = ofNpm ?? (await copyBinaries(source, directory));
    return { directory, data, binaries, account: ourselves };
  }
  const ids = owner === undefined || owner.uid === 0 ? await findOrMakeUser() : owner;
  // Copied by root without its owner, from a backup for one.
  if (owner?.uid === 0) await promisify(execFile)("chown", ["-R", `${ids.uid}:${ids.gid}`, data]);
  return layoutOfRoot({ directory, data, hasData: owner !== undefined, ids, source, ofNpm });
}

async function layoutOfRoot(input: {
  directory: string;
  data: string;
  hasData: boolean;
  ids: Ids;
  source: Package;
  ofNpm: Binaries | undefined;
}): Promise<Layout> {
  const { directory, data, hasData, ids, source, ofNpm } = input;
  const plain = plainAccount(ids);
  const accounts = [plain, await lentAccount(ids)];
  for (const account of accounts) {
    if (ofNpm !== undefined && (await canReach(account, [...pathsOf(ofNpm), directory])))
      return { directory, data, binaries: ofNpm, account };
  }
  for (const account of accounts) {
    if (!(await canReach(account, [directory]))) continue;
    return { directory, data, binaries: await copyBinaries(source, directory), account };
  }
  if (!(await canReach(plain, ["/"]))) throw trouble("confined");
  // Data that is there stays where its owner put it.
  if (hasData) throw trouble("left", directory);
  const elsewhere = await settleElsewhere(directory, plain);
  const binaries = await copyBinaries(source, elsewhere);
  return { directory: elsewhere, data: join(elsewhere, "data"), binaries, account: plain };
}

function pathsOf({ initdb, postgres, folders }: Binaries): string[] {
  return [initdb, postgres, ...folders];
}

async function makeFolder(wanted: string): Promise<string> {
  // Two starts may be at it in one process.
  const probe = join(wanted, `.writable-${randomUUID()}`);
  try {
    await mkdir(wanted, { recursive: true, mode: 0o755 });
    // Asked by writing: root is let through by modes on a disk that is read-only.
    await (await open(probe, "w")).close();
    await rm(probe);
  } catch (cause) {
    throw trouble("unwritable", wanted, cause);
  }
  return realpath(wanted);
}

async function ownerOf(data: string): Promise<Ids | undefined> {
  const found = await stat(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw trouble("stranger", dirname(data), error);
  });
  return found && { uid: found.uid, gid: found.gid };
}
