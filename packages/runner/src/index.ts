export {
  type AttemptReport,
  type RunOptions,
  runAttempt,
  runLeased,
  type Taken,
  takeLease,
  type WorkOptions,
} from "./run-attempt.ts";
