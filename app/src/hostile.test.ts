import { expect, it } from "vitest";
import { DEEP } from "./testing/env.ts";
import { mutate } from "./testing/mutate.ts";
import { EXAMPLES } from "./testing/payloads.ts";
import { createRecorder, loadApp, type Reached } from "./testing/recorder.ts";

const MUTATIONS = DEEP ? 200 : 3;
/** What GitHub itself says has happened asks for nobody's permission. */
const FACTS = new Set([
  "pull_request.merged",
  "pull_request.closed",
  "pull_request.retargeted",
  "task.cancelled",
]);

it("no payload, however it is bent, is obeyed for somebody who may not write", async () => {
  const { inbox, reached } = createRecorder(async () => "read");
  const { receive } = await loadApp(inbox);
  const failures: unknown[] = [];

  for (const [index, { name, payload }] of EXAMPLES.entries()) {
    for (let nth = 0; nth < MUTATIONS; nth++) {
      const bent = mutate(payload, index * 1_000 + nth);
      await receive(`d${index}-${nth}`, name, bent).catch((error: unknown) => failures.push(error));
    }
  }

  expect(reached.filter(isObeyed)).toEqual([]);
  // A payload that cannot be read is an error of its own delivery, told as such.
  expect(failures.filter((error) => !(error instanceof Error))).toEqual([]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
}, 600_000);

function isObeyed(one: Reached): boolean {
  return one.kind === "accepted" && !FACTS.has(one.intent.type);
}
