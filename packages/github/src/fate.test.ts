import { expect, it } from "vitest";
import { refusalOf } from "./fate.ts";
import { API, createClients, graphqlError, NO, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const { write } = createClients();
const ISSUE = "POST /repos/acme/shop/issues/1/comments";

async function answered(status: number, message: string): Promise<unknown> {
  github.answers(ISSUE, { status, body: { message, documentation_url: `${API}/x` } });
  return write.request(ISSUE, { body: "x" }).catch((error: unknown) => error);
}

it.each([
  [400, "Problems parsing JSON", "invalid"],
  [403, "Resource not accessible by integration", "forbidden"],
  [404, "Not Found", "missing"],
  [410, "This issue was deleted", "missing"],
  [422, "Draft pull requests are not supported in this repository.", "invalid"],
  [451, "Repository access blocked", "invalid"],
])("K1: %i is final, and its words are kept", async (status, message, kind) => {
  const refusal = refusalOf(await answered(status, message));

  expect(refusal).toMatchObject({ kind, retryable: false });
  expect(refusal?.message).toBe(`GitHub said: ${message.replace(/\.$/, "")} (${status}).`);
});

it.each([401, 409, 500, 502, 503])("K1: %i may pass", async (status) => {
  expect(refusalOf(await answered(status, "later"))).toBeUndefined();
});

it("K1: what GraphQL refuses beside a 200 is as final", async () => {
  github.answers("POST /graphql", graphqlError("FORBIDDEN", "Resource not accessible by integration"));
  const error = await write.graphql("mutation { x }").catch((caught: unknown) => caught);

  expect(refusalOf(error)).toMatchObject({ kind: "forbidden", retryable: false });
});

it("K1: a limit is no refusal, and what is no answer of GitHub's is not judged", async () => {
  github.answers(ISSUE, NO.limited);
  const limited = await write.request(ISSUE, { body: "x" }).catch((error: unknown) => error);

  expect(refusalOf(limited)).toBeUndefined();
  expect(refusalOf(new Error("socket hang up"))).toBeUndefined();
});
