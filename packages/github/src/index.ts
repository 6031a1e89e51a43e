export * from "./base.ts";
export * from "./branch.ts";
export * from "./check-runs.ts";
export { type FoundCheck, fetchChecks } from "./ci/check-results.ts";
export { fetchFailureLog } from "./ci/failure-log.ts";
export * from "./clients.ts";
export * from "./comments.ts";
export * from "./commit.ts";
export * from "./compare.ts";
export * from "./dispatch.ts";
export * from "./edit-lines.ts";
export { evidenceLines, sandboxInWords } from "./evidence-lines.ts";
export { refusalOf } from "./fate.ts";
export * from "./files.ts";
export {
  type Caller,
  currentCaller,
  kindOf,
  lettingOthersFirst,
  OPEN_LANE,
  onBehalfOf,
  type WriteKind,
  type WriteLane,
} from "./lane.ts";
export * from "./oidc.ts";
export * from "./permission.ts";
export {
  type Grant,
  INSTALLATION_POWERS,
  type InstallationPower,
  REPOSITORY_POWERS,
  type RepositoryPower,
} from "./powers.ts";
export * from "./publish.ts";
export * from "./pull-request-body.ts";
export * from "./pulls.ts";
export * from "./reactions.ts";
export * from "./readiness.ts";
export { REPORTED } from "./reported.ts";
export * from "./repository.ts";
export { reviewOpensThread } from "./review.ts";
export type { Round } from "./round-lines.ts";
export * from "./runners.ts";
export * from "./sanitize.ts";
export * from "./sign-in.ts";
export * from "./status.ts";
export * from "./thread.ts";
export * from "./written/index.ts";
