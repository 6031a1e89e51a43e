export { type AttemptReport, type RunOptions, runAttempt } from "./run-attempt.ts";
