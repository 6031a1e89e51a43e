import { AicdError } from "@aicd/core";
import nock from "nock";
import { afterAll, afterEach, beforeAll } from "vitest";
import { createTokenClients, type InstallationClients } from "../clients.ts";
import { statusOf } from "../status.ts";

export const API = "https://api.github.com";

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
/** Method and path with its query, as they go over the wire. */
export type Call = `${Method} /${string}`;
/** `down`: the connection breaks before an answer. */
export type Answer = Spoken | { down: true };
type Spoken = { status: number; body?: object | string; headers?: Record<string, string> | undefined };

export type Vendor = {
  /**
   * GitHub will answer this call, as often as there are answers, in their order. A call nobody expects, and
   * an answer nobody fetches, fail the test.
   * @param sent what the body must hold; a function looks at it
   */
  answers(
    call: Call,
    answers: Answer | readonly Answer[],
    sent?: object | ((body: unknown) => boolean),
  ): void;
  /** @throws Error naming every call that was not expected and every answer that was not fetched */
  verify(): void;
};

/** GitHub's side of the wire. nock is used here and nowhere else; `root` for servers other than GitHub's API. */
export function createVendor(
  root = API,
  { never = [] }: { never?: string[] } = {},
): Vendor & { open(): void; close(): void } {
  const unexpected: string[] = [];
  function note({ method, url }: Request) {
    unexpected.push(`${method} ${url}`);
  }
  return {
    open() {
      if (!nock.isActive()) nock.activate();
      nock.disableNetConnect();
      nock.emitter.on("no match", note);
    },
    close() {
      nock.emitter.off("no match", note);
      nock.cleanAll();
      nock.enableNetConnect();
      nock.restore();
    },
    answers(call, answers, sent) {
      const [method = "", ...path] = call.split(" ");
      const scope = nock(root, { badheaders: never });
      for (const answer of [answers].flat()) {
        const expected = scope.intercept(path.join(" "), method, sent as nock.RequestBodyMatcher | undefined);
        if ("down" in answer)
          expected.replyWithError(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
        else expected.reply(answer.status, answer.body as nock.Body | undefined, answer.headers);
      }
    },
    verify() {
      const wrong = [
        ...unexpected.map((call) => `not expected: ${call}`),
        ...nock.pendingMocks().map((mock) => `not fetched: ${mock}`),
      ];
      unexpected.length = 0;
      nock.cleanAll();
      if (wrong.length > 0) throw new Error(wrong.join("\n"));
    },
  };
}

/** GitHub for the tests of one file; each of them is held to what it expects. `never`: headers it must not be sent. */
export function useVendor(root?: string, options?: { never?: string[] }): Pick<Vendor, "answers"> {
  const vendor = createVendor(root, options);
  beforeAll(() => vendor.open());
  afterEach(() => vendor.verify());
  afterAll(() => vendor.close());
  return vendor;
}

/** The clients as they are in production, but for the length of a second. */
export function createClients(options: { baseUrl?: string } = {}): InstallationClients {
  return createTokenClients({
    token: "a-token",
    baseUrl: options.baseUrl ?? API,
    writeIntervalMs: 0,
    secondMs: 1,
    warn() {},
  });
}

/** How GitHub refuses, as it does it: bodies and headers of its documents. */
export const NO = {
  unauthenticated: refusal(401, "Bad credentials"),
  forbidden: refusal(403, "Resource not accessible by integration"),
  locked: refusal(403, "Unable to create comment because issue is locked."),
  missing: refusal(404, "Not Found"),
  gone: refusal(410, "This issue was deleted"),
  conflict: refusal(409, "Conflict"),
  unprocessable: refusal(422, "Validation Failed"),
  /** The hour's calls are used up, for longer than anybody waits. */
  limited: refusal(403, "API rate limit exceeded for installation ID 7.", {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": "2000000000",
  }),
  secondary: refusal(
    403,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    { "retry-after": "3600" },
  ),
  tooMany: refusal(429, "Too many requests", { "retry-after": "3600" }),
  broken: refusal(500, "Server Error"),
  badGateway: {
    status: 502,
    body: "<html><body>502 Bad Gateway</body></html>",
    headers: { "content-type": "text/html" },
  },
  away: refusal(503, "Service unavailable"),
} as const satisfies Record<string, Answer>;

/** A GraphQL answer that holds errors, which GitHub sends with a 200. */
export function graphqlError(type: string | undefined, message: string, data: object | null = null): Spoken {
  return { status: 200, body: { data, errors: [{ ...(type === undefined ? {} : { type }), message }] } };
}

function refusal(status: number, message: string, headers: Record<string, string> = {}): Spoken {
  const body = { message, documentation_url: "https://docs.github.com/rest", status: String(status) };
  return { status, body, headers };
}

/** What came of a call: its value, or the status and the words it failed with. */
export async function outcomeOf(
  work: Promise<unknown>,
): Promise<{ value: unknown } | { status: number | undefined; kind: string | undefined; message: string }> {
  try {
    return { value: await work };
  } catch (error) {
    const { message } = error as Error;
    const kind = error instanceof AicdError ? error.kind : undefined;
    return { status: statusOf(error), kind, message };
  }
}
