export {
  APP_ROLE,
  createDatabase,
  currentScope,
  type Database,
  type Scope,
  SYSTEM_ROLE,
  type SystemDb,
  type SystemTx,
  type TenantTx,
} from "./database.ts";
export { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded/start.ts";
export { type Migration, migrate, readMigrations } from "./migrate.ts";
export { createPool, type PoolOptions } from "./pool.ts";
export type { ChangeSetRow, CommentTarget, EventRow, PlanRow } from "./schema/records.ts";
export type { Actor, Attempt, AttemptContext, Guidance, Task } from "./schema/tasks.ts";
export * from "./stores/attempts.ts";
export * from "./stores/comments.ts";
export * from "./stores/events.ts";
export * from "./stores/intents.ts";
export * from "./stores/records.ts";
export * from "./stores/tasks.ts";
export * from "./stores/tenancy.ts";
