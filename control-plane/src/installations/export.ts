import { createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { AicdError } from "@aicd/core";
import { claimExport, exportRows, listExportTables, type Scope } from "@aicd/db";
import type { Deps } from "../deps.ts";

/**
 * Writes everything stored of a tenant, a JSON line per row, into a file that only this user may read.
 * Values of secrets and hashes of keys are not in it. One at a time for a tenant: each holds a connection.
 * @returns its path
 * @throws AicdError `limited` while another one is written
 */
export async function writeExport(deps: Deps, scope: Scope, directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${scope.tenantId}.ndjson.gz`);
  const draft = `${path}.${process.pid}`;
  const tables = await listExportTables(deps.db.system);
  await deps.db.withTenant(scope, async (tx) => {
    if (!(await claimExport(tx))) {
      throw new AicdError(
        "limited",
        "An export of this organisation is being written. Try again when it is done.",
      );
    }
    const lines = async function* () {
      for await (const rows of exportRows(tx, tables)) {
        yield rows.map((row) => `${JSON.stringify(row)}\n`).join("");
      }
    };
    const file = createWriteStream(draft, { mode: 0o600 });
    await pipeline(Readable.from(lines()), createGzip(), file);
  });
  // Moved into place when it is whole.
  await rename(draft, path);
  return path;
}
