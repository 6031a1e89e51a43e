import { createHash, hkdfSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Database, noteServerKey } from "@aicd/db";
import { Secret } from "@aicd/ops";

const BYTES = 32;
const FILE = "encryption-key";

/** A key that wraps other keys. Its name is derived from it and stands beside what it wrapped. */
export type MasterKey = { readonly name: string; derive(purpose: string): Buffer };
/** The first one is the present one; the others still open what they closed. */
export type MasterKeys = { readonly current: MasterKey; readonly all: readonly MasterKey[] };

/**
 * Reads `ENCRYPTION_KEY`: 32 bytes in base64, or several separated by commas while keys are being changed,
 * the present one first.
 * @throws Error that says what is wrong with it
 */
export function parseMasterKeys(text: string): MasterKeys {
  const all = text.split(",").map((part) => {
    const bytes = Buffer.from(part.trim(), "base64");
    if (bytes.byteLength !== BYTES) {
      throw new Error("ENCRYPTION_KEY must be 32 bytes in base64; make one with `openssl rand -base64 32`");
    }
    return masterKey(bytes);
  });
  const [current] = all;
  if (current === undefined) throw new Error("ENCRYPTION_KEY is empty");
  return { current, all };
}

/** The key of the environment, or one made here once and kept in the directory, for this user alone. */
export async function loadMasterKeys(directory: string, given: Secret | undefined): Promise<MasterKeys> {
  if (given !== undefined) return parseMasterKeys(given.reveal());
  const path = join(directory, FILE);
  await mkdir(directory, { recursive: true });
  try {
    await writeFile(path, randomBytes(BYTES).toString("base64"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  }
  return parseMasterKeys((await readFile(path, "utf8")).trim());
}

/**
 * Refuses to serve beside servers, or after ones, that had another master key: API keys would not be known
 * and secrets not be read.
 * @throws Error that says which key is missing
 */
export async function insistOnKeys(db: Database, keys: MasterKeys): Promise<void> {
  const known = keys.all.map(({ name }) => name);
  const other = await db.withSystem((tx) => noteServerKey(tx, { current: keys.current.name, known }));
  if (other === undefined) return;
  throw new Error(
    `This database was used with another master key (${other}). Give all servers the same ENCRYPTION_KEY; to change it, give both: new,old. Without the variable each directory has a key of its own.`,
  );
}

function masterKey(bytes: Buffer): MasterKey {
  const secret = new Secret(bytes.toString("base64"));
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", Buffer.from(secret.reveal(), "base64"), "", `aicd:${purpose}`, BYTES));
  const name = createHash("sha256").update(derive("name")).digest("hex").slice(0, 12);
  return { name, derive };
}
