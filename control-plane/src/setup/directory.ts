import { accessSync, constants, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { AicdError } from "@aicd/core";
import type { Config } from "../env.ts";

/**
 * Asked before anything is begun: an App made on the setup page must not be lost because its credentials
 * cannot be stored. A server that keeps nothing here needs no directory.
 * @throws AicdError in one line
 */
export function insistOnDirectory({ env, app }: Config): void {
  const keepsNothing =
    app !== undefined && env.DATABASE_URL !== undefined && env.ENCRYPTION_KEY !== undefined;
  if (keepsNothing) return;
  const path = resolve(env.AICD_DIRECTORY);
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (cause) {
    const message = `${path} cannot be written. Set AICD_DIRECTORY to a directory that may be, or make this one writable.`;
    throw new AicdError("invalid", message, { cause });
  }
}
