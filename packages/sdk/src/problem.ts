import type { Problem } from "./generated.ts";

/** The API's "no". `type` is stable and may be compared, e.g. `urn:aicd:problem:conflict`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** What an answer says that is not a success; something in between may have answered in our place. */
export async function problemOf(answer: Response): Promise<Problem> {
  const { status, headers } = answer;
  const text = await answer.text();
  if (headers.get("content-type")?.startsWith("application/problem+json") === true) {
    return JSON.parse(text) as Problem;
  }
  return {
    type: status >= 500 ? "urn:aicd:problem:unavailable" : "urn:aicd:problem:invalid",
    title: "Something other than AI-CD answered",
    status,
    detail: `The address answered ${status}: ${text.slice(0, 200)}`,
    instance: `urn:aicd:request:${headers.get("x-request-id") ?? "unknown"}`,
  };
}
