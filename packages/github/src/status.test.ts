import { expect, it } from "vitest";
import { askGraphql } from "./graphql.ts";
import { isStatus, statusOf } from "./status.ts";
import { type Answer, createClients, graphqlError, NO, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const { write } = createClients();
/** Without a header that says how long; a minute is waited, twice. */
const SAID = { ...NO.secondary, headers: {} };

it.each<[what: string, answers: Answer | Answer[], status: number | undefined]>([
  ["401", NO.unauthenticated, 401],
  ["403, and means it", NO.forbidden, 403],
  ["403 of a locked conversation", NO.locked, 403],
  ["403 because the hour's calls are used up", NO.limited, 429],
  ["403 because of a secondary limit", NO.secondary, 429],
  ["403 because of a secondary limit, in words only, three times", [SAID, SAID, SAID], 429],
  ["429", NO.tooMany, 429],
  ["404", NO.missing, 404],
  ["409", NO.conflict, 409],
  ["410", NO.gone, 410],
  ["422", NO.unprocessable, 422],
  ["502 in HTML", NO.badGateway, 502],
  ["503", NO.away, 503],
  // Octokit's own number for a call that never had an answer.
  ["no answer", { down: true }, 500],
])("a REST call that is answered with %s", async (_, answers, status) => {
  github.answers("POST /repos/acme/shop/issues", answers);

  const error = await write.request("POST /repos/acme/shop/issues").catch((reason) => reason);

  expect(error).toBeInstanceOf(Error);
  expect(statusOf(error)).toBe(status);
});

it.each<[what: string, answer: Answer, status: number | undefined]>([
  ["NOT_FOUND", graphqlError("NOT_FOUND", "Could not resolve to a node."), 404],
  ["NOT_FOUND beside data", graphqlError("NOT_FOUND", "Could not resolve.", { repository: {} }), 404],
  ["FORBIDDEN", graphqlError("FORBIDDEN", "Resource not accessible by integration"), 403],
  ["INSUFFICIENT_SCOPES", graphqlError("INSUFFICIENT_SCOPES", "Your token has not been granted"), 403],
  ["STALE_DATA", graphqlError("STALE_DATA", "Expected branch to point to"), 409],
  ["UNPROCESSABLE", graphqlError("UNPROCESSABLE", "A path was requested for deletion"), 422],
  ["SERVICE_UNAVAILABLE", graphqlError("SERVICE_UNAVAILABLE", "Try again"), 503],
  [
    "RATE_LIMITED",
    { ...graphqlError("RATE_LIMITED", "API rate limit exceeded"), headers: NO.limited.headers },
    429,
  ],
  ["a type we never heard of", graphqlError("SOMETHING_NEW", "What?"), undefined],
  ["a type every object has", graphqlError("constructor", "What?"), undefined],
  ["no type at all", graphqlError(undefined, "Something went wrong"), undefined],
  ["403 for the whole call", NO.forbidden, 403],
  ["401 for the whole call", NO.unauthenticated, 401],
  ["502", NO.badGateway, 502],
])("a GraphQL call that is answered with %s", async (_, answer, status) => {
  github.answers("POST /graphql", answer);

  const error = await askGraphql(write, "query { viewer { login } }", {}).catch((reason) => reason);

  expect(error).toBeInstanceOf(Error);
  expect(statusOf(error)).toBe(status);
});

it.each([undefined, null, "404", { status: 404 }, new Error("404"), new TypeError("fetch failed")])(
  "%o is no answer of GitHub's",
  (error) => {
    expect(statusOf(error)).toBeUndefined();
    expect(isStatus(error, 404)).toBe(false);
  },
);
