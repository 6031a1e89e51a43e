import { randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FILE = "setup-token";

/** The token that opens the setup pages; the same one after a restart, so that a printed address stays good. */
export async function makeSetupToken(directory: string): Promise<string> {
  const known = await readSetupToken(directory);
  if (known !== undefined) return known;
  const token = randomBytes(24).toString("base64url");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, FILE), token, { mode: 0o600 });
  return token;
}

/** Undefined: the App was not made here. */
export async function readSetupToken(directory: string): Promise<string | undefined> {
  const text = await readFile(join(directory, FILE), "utf8").catch(() => "");
  return /^[\w-]{32}$/.test(text) ? text : undefined;
}

/** In the same time whatever was given. */
export function isToken(given: unknown, wanted: string): boolean {
  if (typeof given !== "string") return false;
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
