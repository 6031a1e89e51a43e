import type { Permissions } from "../http/permissions.ts";

/** A workflow file, as far as this runner can carry it out. Everything else is refused when it is read. */
export interface WorkflowFile {
  name: string | undefined;
  runName: string | undefined;
  dispatch: { inputs: Record<string, DispatchInput> } | undefined;
  /** Types `repository_dispatch` listens for; empty means every type, undefined none at all. */
  repositoryDispatch: string[] | undefined;
  permissions: Permissions | undefined;
  env: Record<string, string>;
  concurrency: Concurrency | undefined;
  jobs: Record<string, JobFile>;
}

export interface DispatchInput {
  required: boolean;
  default: string | undefined;
  type: string;
  options: string[];
}

export interface Concurrency {
  group: string;
  cancelInProgress: boolean;
  /** GitHub keeps one waiting run and drops older ones, unless the queue is `max`. */
  keepAll: boolean;
}

export interface JobFile {
  name: string | undefined;
  runsOn: string[];
  needs: string[];
  permissions: Permissions | undefined;
  env: Record<string, string>;
  outputs: Record<string, string>;
  timeoutMinutes: number;
  steps: StepFile[];
}

export interface StepFile {
  id: string | undefined;
  name: string | undefined;
  condition: string | undefined;
  uses: string | undefined;
  run: string | undefined;
  shell: string | undefined;
  workingDirectory: string | undefined;
  with: Record<string, string>;
  env: Record<string, string>;
  timeoutMinutes: number | undefined;
}
