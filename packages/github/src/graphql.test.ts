import { expect, it } from "vitest";
import { askGraphql } from "./graphql.ts";
import { createClients, NO, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const enterprise = useVendor("https://ghe.example.com");
const QUERY = "query login($id: ID!) { node(id: $id) { id } }";

it("sends the query with its variables and hands over what is in `data`", async () => {
  const { read } = createClients();
  github.answers(
    "POST /graphql",
    { status: 200, body: { data: { node: null } } },
    { query: QUERY, variables: { id: "U_1" } },
  );

  expect(await askGraphql(read, QUERY, { id: "U_1" })).toEqual({ node: null });
});

it("asks an enterprise server where it answers GraphQL, not beneath its REST API", async () => {
  const { read } = createClients({ baseUrl: "https://ghe.example.com/api/v3" });
  enterprise.answers("POST /api/graphql", { status: 200, body: { data: { node: { id: "U_1" } } } });

  expect(await askGraphql(read, QUERY, { id: "U_1" })).toEqual({ node: { id: "U_1" } });
});

it("a query that timed out at GitHub is asked again, a mutation is not", async () => {
  const { read, write } = createClients();
  const timeout = {
    status: 200,
    body: { data: null, errors: [{ message: "Something went wrong while executing your query." }] },
  };
  github.answers("POST /graphql", [timeout, NO.badGateway, { status: 200, body: { data: { ok: 1 } } }]);
  expect(await askGraphql(read, QUERY, {})).toEqual({ ok: 1 });

  github.answers("POST /graphql", timeout);
  await expect(askGraphql(write, "mutation { x }", {})).rejects.toThrow("Something went wrong");
});
