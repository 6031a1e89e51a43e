import { join } from "node:path";
import { startEmbeddedPostgres } from "@aicd/db";
import { EnvError } from "@aicd/ops";
import { readCommandConfig } from "./command-config.ts";
import { loadMasterKeys } from "./secrets/master-keys.ts";
import { readyDatabase } from "./wire/logins.ts";

/**
 * `npm run db:migrate`: brings the schema up to date, as the login of DATABASE_URL, which has to own the
 * tables, and gives each pool a login of its own, whose password follows from ENCRYPTION_KEY. The server does the same
 * when it starts; this is for deployments where its login may not.
 */
try {
  const { env } = readCommandConfig();
  const embedded =
    env.DATABASE_URL === undefined
      ? await startEmbeddedPostgres({ directory: join(env.AICD_DIRECTORY, "postgres") })
      : undefined;
  const connectionString = embedded?.connectionString ?? env.DATABASE_URL?.reveal() ?? "";
  const keys = await loadMasterKeys(env.AICD_DIRECTORY, env.ENCRYPTION_KEY);
  const withQueue = env.REDIS_URL === undefined;
  const { applied, logins } = await readyDatabase(connectionString, keys.current, { withQueue });
  await embedded?.stop();
  process.stdout.write(
    applied.length === 0
      ? "The schema is up to date.\n"
      : applied.map((name) => `applied ${name}\n`).join(""),
  );
  if (logins.kind === "shared") {
    process.stderr.write(`The pools got no logins of their own: ${logins.why}\n`);
  }
} catch (error) {
  process.stderr.write(
    `${error instanceof EnvError ? error.message : `The schema was not migrated: ${(error as Error).message}`}\n`,
  );
  process.exitCode = 1;
}
