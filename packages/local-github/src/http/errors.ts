/** An answer GitHub gives instead of the asked one; thrown by handlers, turned into HTTP by the server. */
export class GitHubError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    more: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.body = { message, documentation_url: DOCUMENTATION, status: String(status), ...more };
  }
}

const DOCUMENTATION = "https://docs.github.com/rest";

export interface FieldProblem {
  resource: string;
  code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  field?: string;
  value?: unknown;
  message?: string;
}

export function notFound(): GitHubError {
  return new GitHubError(404, "Not Found");
}

export function badCredentials(): GitHubError {
  return new GitHubError(401, "Bad credentials");
}

export function forbidden(message: string, accepted?: readonly string[]): GitHubError {
  if (!accepted?.length) return new GitHubError(403, message);
  const permissions = accepted.map((entry) => entry.replace(":", "=")).join("; ");
  return new GitHubError(403, message, {}, { "x-accepted-github-permissions": permissions });
}

/** 422 with GitHub's list of what is wrong, for input that fits the schema but not the state. */
export function validationFailed(...errors: FieldProblem[]): GitHubError {
  return new GitHubError(422, "Validation Failed", { errors });
}

/** 422 for input that does not fit the published schema. */
export function invalidRequest(problems: readonly string[]): GitHubError {
  return new GitHubError(422, `Invalid request.\n\n${problems.join("\n")}`);
}

export function unprocessable(message: string): GitHubError {
  return new GitHubError(422, message);
}
