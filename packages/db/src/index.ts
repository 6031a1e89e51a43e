export { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded/start.ts";
export { type Migration, migrate, readMigrations } from "./migrate.ts";
export { createPool, type PoolOptions } from "./pool.ts";
