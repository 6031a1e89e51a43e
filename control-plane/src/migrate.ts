import { join } from "node:path";
import { migrateDatabase, startEmbeddedPostgres } from "@aicd/db";
import { EnvError } from "@aicd/ops";
import { readConfig } from "./env.ts";

/**
 * `npm run db:migrate`: brings the schema up to date, as the login of DATABASE_URL, which has to own the
 * tables. The server does the same when it starts; this is for deployments where its login may not.
 */
try {
  const { env } = readConfig();
  const embedded =
    env.DATABASE_URL === undefined
      ? await startEmbeddedPostgres({ directory: join(env.AICD_DIRECTORY, "postgres") })
      : undefined;
  const connectionString = embedded?.connectionString ?? env.DATABASE_URL?.reveal() ?? "";
  const applied = await migrateDatabase(connectionString);
  await embedded?.stop();
  process.stdout.write(
    applied.length === 0
      ? "The schema is up to date.\n"
      : applied.map((name) => `applied ${name}\n`).join(""),
  );
} catch (error) {
  process.stderr.write(
    `${error instanceof EnvError ? error.message : `The schema was not migrated: ${(error as Error).message}`}\n`,
  );
  process.exitCode = 1;
}
