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
  type Viewer,
} from "./database.ts";
export { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded/start.ts";
export { type Login, type LoginKey, type Logins, openLogins, retireLogins } from "./logins.ts";
export { type Migration, migrate, readMigrations } from "./migrate.ts";
export { migrateDatabase } from "./migrate-database.ts";
export { createPool, type PoolOptions } from "./pool.ts";
export type { AuditActor, AuditEntry } from "./schema/audit.ts";
export type { EntitlementRow, MeterEventRow, SubscriptionRow } from "./schema/billing.ts";
export type {
  ApiKey,
  Membership,
  Session,
  SignIn,
  TenantSecret,
  User,
} from "./schema/identity.ts";
export type { CodeIndexRow } from "./schema/index-state.ts";
export type {
  ChangeSetRow,
  CheckpointRow,
  CommentTarget,
  Edit,
  EventRow,
  PlanRow,
} from "./schema/records.ts";
export type { Actor, Attempt, AttemptContext, CheckRunNote, CiNote, Guidance, Task } from "./schema/tasks.ts";
export type { WebhookEndpoint } from "./schema/webhooks.ts";
export * from "./stores/api-keys.ts";
export * from "./stores/attempts.ts";
export * from "./stores/audit.ts";
export * from "./stores/audit-names.ts";
export * from "./stores/change-sets.ts";
export * from "./stores/check-runs.ts";
export * from "./stores/checkpoints.ts";
export * from "./stores/code-indexes.ts";
export * from "./stores/comments.ts";
export * from "./stores/entitlements.ts";
export * from "./stores/erasures.ts";
export * from "./stores/event-deliveries.ts";
export * from "./stores/events.ts";
export * from "./stores/evidence.ts";
export * from "./stores/excuse.ts";
export * from "./stores/export.ts";
export * from "./stores/fleet-hours.ts";
export * from "./stores/fleet-jobs.ts";
export * from "./stores/fleet-servers.ts";
export * from "./stores/github-app.ts";
export * from "./stores/idempotency.ts";
export * from "./stores/installations.ts";
export * from "./stores/intents.ts";
export * from "./stores/kept-work.ts";
export * from "./stores/measure.ts";
export * from "./stores/meter-events.ts";
export * from "./stores/open-pull-requests.ts";
export * from "./stores/outcomes.ts";
export * from "./stores/people.ts";
export * from "./stores/plans.ts";
export * from "./stores/repository-access.ts";
export * from "./stores/repository-lists.ts";
export * from "./stores/reservations.ts";
export * from "./stores/secrets.ts";
export * from "./stores/server-key.ts";
export * from "./stores/server-pauses.ts";
export * from "./stores/sessions.ts";
export * from "./stores/settings.ts";
export * from "./stores/spend.ts";
export * from "./stores/stuck-tasks.ts";
export * from "./stores/task-feed.ts";
export * from "./stores/task-lists.ts";
export * from "./stores/task-spending.ts";
export * from "./stores/tasks.ts";
export * from "./stores/tenancy.ts";
export * from "./stores/transcripts.ts";
export * from "./stores/verdicts.ts";
export * from "./stores/webhook-endpoints.ts";
export * from "./stores/webhook-events.ts";
export * from "./stores/whose-attempt.ts";
export { createSystemAudit, type SystemAudit } from "./system-audit.ts";
