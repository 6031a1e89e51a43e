import createClient, { type Client } from "openapi-fetch";
import { HetznerError } from "./failure.ts";
import type { paths } from "./generated.ts";
import { patientFetch, type Time } from "./patience.ts";

export const HETZNER_ENDPOINT = "https://api.hetzner.cloud/v1";
/** Creating answers within seconds; what takes longer is asked for again, and then found. */
const ANSWER_MS = 30_000;

export type ClientOptions = {
  token: string;
  /** Root with `/v1`. */
  endpoint?: string;
  fetch?: typeof globalThis.fetch;
  time?: Time;
};

export type Api = Client<paths>;

/** The API as its contract describes it. @throws HetznerError for every answer that is no success */
export function createApi(options: ClientOptions): Api {
  const { token, endpoint = HETZNER_ENDPOINT, fetch = globalThis.fetch, time = REAL_TIME } = options;
  const ask = patientFetch(fetch, time);
  const api = createClient<paths>({
    baseUrl: endpoint,
    headers: { authorization: `Bearer ${token}` },
    fetch: (request) => ask(new Request(request, { signal: AbortSignal.timeout(ANSWER_MS) })),
  });
  api.use({
    async onResponse({ response }) {
      if (!response.ok) throw await refusalIn(response);
    },
    onError({ error }) {
      if (error instanceof HetznerError) return error;
      return new HetznerError("no_answer", "no answer came", { cause: error });
    },
  });
  return api;
}

async function refusalIn(response: Response): Promise<HetznerError> {
  const { status } = response;
  const body = (await response.json().catch(() => undefined)) as
    | { error?: { code?: string; message?: string } }
    | undefined;
  const { code = `status_${status}`, message = "it answered without words" } = body?.error ?? {};
  return new HetznerError(code, message, { status });
}

const REAL_TIME: Time = {
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
