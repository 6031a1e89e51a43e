import { migrate } from "./migrate.ts";
import { createPool } from "./pool.ts";

/**
 * Brings a database up to date as the login itself, which has to own the tables; the sessions that serve
 * act as roles that do not.
 * @returns names of the files applied now
 */
export async function migrateDatabase(connectionString: string): Promise<string[]> {
  const onError = () => {}; // the statement that fails reports it
  const pool = createPool({ connectionString, applicationName: "aicd-migrate", onError, max: 1 });
  return migrate(pool).finally(() => pool.end());
}
