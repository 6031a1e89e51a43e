import { withCustomRequest } from "@octokit/graphql";
import type { ReadClient, WriteClient } from "./clients.ts";

/**
 * Asks GitHub in GraphQL through a client's own requests: with its token, its pauses and its limits.
 * @throws GraphqlResponseError when the answer has errors, also where it has data beside them
 */
export function askGraphql<Answer>(
  client: Pick<ReadClient | WriteClient, "request">,
  query: string,
  variables: Record<string, unknown>,
): Promise<Answer> {
  return withCustomRequest(client.request)<Answer>(query, variables);
}
