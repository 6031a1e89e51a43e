export * from "./agent.ts";
export * from "./approval.ts";
export * from "./attempt.ts";
export {
  type AuditAction,
  auditText,
  refusedOutcome,
  wasRefused,
} from "./audit.ts";
export * from "./billing/entitle.ts";
export { type Excuse, isExcuse } from "./billing/excuse.ts";
export { DEFAULT_SALES_PLANS, readSalesPlans, type SalesPlan, type SalesPlans } from "./billing/plans.ts";
export * from "./change-set.ts";
export * from "./check.ts";
export * from "./checkpoint.ts";
export * from "./ci.ts";
export * from "./code-index.ts";
export * from "./code-search.ts";
export * from "./coordinates.ts";
export * from "./count-usage.ts";
export * from "./errors.ts";
export * from "./evidence.ts";
export * from "./fleet.ts";
export * from "./hidden.ts";
export * from "./id.ts";
export * from "./intent.ts";
export * from "./limits.ts";
export * from "./model-call/admit-call.ts";
export * from "./model-call/answer.ts";
export * from "./model-choice.ts";
export * from "./path.ts";
export * from "./plan.ts";
export type { PolicyFinding } from "./policy/finding.ts";
export * from "./policy/judge.ts";
export type { FindSecrets } from "./policy/secrets/effort.ts";
export * from "./policy/with-base.ts";
export { createPriceBook, DEAREST, LIST_PRICES, type PriceBook } from "./prices/book.ts";
export { type OwnPrices, readOwnPrices } from "./prices/own.ts";
export type { Price } from "./prices/price.ts";
export * from "./rbac.ts";
export * from "./retry.ts";
export * from "./review.ts";
export * from "./settings.ts";
export * from "./settings-schema.ts";
export * from "./snapshot.ts";
export * from "./states.ts";
export * from "./test-path.ts";
export * from "./text.ts";
export * from "./transcript.ts";
export * from "./usage.ts";
export * from "./webhook.ts";
export * from "./whole-evidence.ts";
