export { type Inspected, inspectRepository } from "./derive/inspect-repository.ts";
export type { Command, Commands } from "./derive/plan.ts";
export { createLocalPlane, type LocalPlane, type LocalWork } from "./local-plane.ts";
export { proposeAt } from "./onboarding/propose-at.ts";
export { workflowFile } from "./onboarding/workflow-file.ts";
export {
  type AttemptReport,
  type RunOptions,
  runAttempt,
  runLeased,
  type Taken,
  takeLease,
} from "./run-attempt.ts";
export { offeredSandbox } from "./sandbox/offered.ts";
export { createSandbox, type Sandbox } from "./sandbox/sandbox.ts";
export { widenDiff } from "./story/widen-diff.ts";
export type { WorkOptions } from "./work-options.ts";
