/**
 * What a refusal of the cloud means for whoever asked. `unclear`: nobody knows whether it was done, so it must be
 * looked at before it is asked again.
 */
export type FailureKind =
  | "capacity"
  | "quota"
  | "rate"
  | "busy"
  | "exists"
  | "missing"
  | "refused"
  | "unclear";

/** docs.hetzner.cloud "Errors", and the errors of single operations. */
const BY_CODE: Readonly<Record<string, FailureKind>> = {
  resource_unavailable: "capacity",
  placement_error: "capacity",
  unsupported_error: "capacity",
  resource_limit_exceeded: "quota",
  rate_limit_exceeded: "rate",
  locked: "busy",
  conflict: "busy",
  uniqueness_error: "exists",
  not_found: "missing",
  timeout: "unclear",
  service_error: "unclear",
  maintenance: "unclear",
  unavailable: "unclear",
  server_error: "unclear",
};

/** A "no" of the cloud, in its words, which hold no secret. */
export class HetznerError extends Error {
  override readonly name = "HetznerError";
  readonly kind: FailureKind;
  readonly code: string;

  constructor(code: string, words: string, options: { status?: number; cause?: unknown } = {}) {
    super(`Hetzner Cloud: ${words} (${code})`, { cause: options.cause });
    this.code = code;
    this.kind = BY_CODE[code] ?? kindOf(options.status);
  }
}

function kindOf(status = 0): FailureKind {
  if (status === 404) return "missing";
  if (status === 429) return "rate";
  return status >= 400 && status < 500 ? "refused" : "unclear";
}

export function failureOf(error: unknown): FailureKind | undefined {
  return error instanceof HetznerError ? error.kind : undefined;
}
