import { expect, it } from "vitest";
import { cancelRun, dispatchWorkflow, findRun } from "./dispatch.ts";
import { type Answer, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const clients = createClients();
const PLACE = { owner: "acme", name: "shop" };
const DISPATCH = "POST /repos/acme/shop/actions/workflows/aicd.yml/dispatches";
const RUNS = "GET /repos/acme/shop/actions/workflows/aicd.yml/runs?event=workflow_dispatch&per_page=50";

it.each<[what: string, answer: Answer, outcome: object]>([
  [
    "which run it is",
    { status: 200, body: { workflow_run_id: 9 } },
    { value: { kind: "dispatched", runId: 9 } },
  ],
  ["nothing, as older servers do", { status: 204 }, { value: { kind: "dispatched", runId: null } }],
  [
    "null",
    { status: 200, body: "null", headers: { "content-type": "application/json" } },
    { value: { runId: null } },
  ],
  ["no number", { status: 200, body: { workflow_run_id: null } }, { value: { runId: null } }],
  ["there is no such workflow", NO.missing, { value: refused("Not Found") }],
  ["the App may not", NO.forbidden, { value: refused("Resource not accessible by integration") }],
  [
    "the workflow takes no dispatch",
    unprocessable("Workflow does not have 'workflow_dispatch' trigger"),
    { value: refused("Workflow does not have 'workflow_dispatch' trigger") },
  ],
  [
    "there is no such branch",
    unprocessable("No ref found for: main"),
    { value: refused("No ref found for: main") },
  ],
  ["it is off", unprocessable("Cannot trigger a disabled workflow"), { value: refused("disabled workflow") }],
])("a dispatch that GitHub answers with: %s", async (_, answer, outcome) => {
  github.answers(DISPATCH, answer, {
    ref: "main",
    inputs: { "attempt-id": "att_1", "run-key": "key-1", "control-plane-url": "https://aicd.example.com" },
    return_run_details: true,
  });

  const dispatched = dispatchWorkflow(clients, PLACE, {
    ref: "main",
    attemptId: "att_1",
    runKey: "key-1",
    controlPlaneUrl: "https://aicd.example.com",
  });

  expect(await outcomeOf(dispatched)).toMatchObject(outcome);
});

it.each<[what: string, answer: Answer, outcome: object]>([
  [
    "carries the key",
    runs({ id: 8, display_title: "AI-CD other" }, { id: 9, display_title: "AI-CD key-1" }),
    { value: 9 },
  ],
  ["does not", runs({ id: 8, display_title: "AI-CD other" }), { value: undefined }],
  ["never was", runs(), { value: undefined }],
  ["cannot be: there is no workflow", NO.missing, { value: undefined }],
  ["is not shown to the App", NO.forbidden, { status: 403 }],
])("a run that %s", async (_, answer, outcome) => {
  github.answers(RUNS, answer);

  expect(await outcomeOf(findRun(clients, PLACE, { runKey: "key-1" }))).toMatchObject(outcome);
});

it.each<[what: string, answer: Answer, outcome: object]>([
  ["is stopped", { status: 202, body: {} }, { value: undefined }],
  ["has ended by itself", NO.conflict, { value: undefined }],
  ["is not there any more", NO.missing, { value: undefined }],
  ["the App may not stop", NO.forbidden, { status: 403 }],
])("a run that %s is not ours to wait for", async (_, answer, outcome) => {
  github.answers("POST /repos/acme/shop/actions/runs/9/cancel", answer);

  expect(await outcomeOf(cancelRun(clients, PLACE, 9))).toMatchObject(outcome);
});

function refused(said: string) {
  return { kind: "refused", problem: expect.stringContaining(said) };
}

function unprocessable(message: string): Answer {
  return { ...NO.unprocessable, body: { message, status: "422" } };
}

function runs(...workflow_runs: { id: number; display_title: string }[]): Answer {
  return { status: 200, body: { total_count: workflow_runs.length, workflow_runs } };
}
