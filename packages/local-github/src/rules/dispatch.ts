import { unprocessable } from "../http/errors.ts";
import type { Repository, Workflow } from "../world/types.ts";

const LARGEST_INPUTS = 65_535;
const LARGEST_PAYLOAD = 65_535;
const MOST_PAYLOAD_KEYS = 10;

/**
 * docs.github.com "Managing GitHub Actions settings for a repository" and "Disabling and enabling a workflow": what is
 * switched off is not dispatched.
 */
export function checkEnabled(repository: Repository, workflow: Workflow): void {
  if (!repository.actionsEnabled) throw unprocessable("Actions has been disabled for this repository.");
  if (repository.workflowStates.get(workflow.path) !== "disabled_manually") return;
  throw unprocessable("Cannot trigger a 'workflow_dispatch' on a disabled workflow");
}

/**
 * docs.github.com "Events that trigger workflows", `workflow_dispatch`: "The maximum payload for inputs is 65,535
 * characters." That there are at most 25 is `maxProperties` of the OpenAPI document.
 */
export function checkInputs(inputs: Record<string, unknown>): void {
  if (JSON.stringify(inputs).length > LARGEST_INPUTS) throw unprocessable("inputs are too large.");
}

/** docs.github.com "Create a repository dispatch event": ten top-level properties, less than 64 KB together. */
export function checkClientPayload(payload: Record<string, unknown>): void {
  const count = Object.keys(payload).length;
  if (count > MOST_PAYLOAD_KEYS) throw unprocessable(tooMany(MOST_PAYLOAD_KEYS, count));
  if (JSON.stringify(payload).length > LARGEST_PAYLOAD) throw unprocessable("client_payload is too large.");
}

function tooMany(most: number, count: number): string {
  return `Invalid request.\n\nNo more than ${most} properties are allowed; ${count} were supplied.`;
}
