import http from "node:http";
import https from "node:https";

interface Posted {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Connections to webhook receivers, kept while this GitHub runs and closed with it. */
export interface Poster {
  /** Rejects when there is no answer; with a `TimeoutError` when it took too long. Follows no redirects. */
  post(url: string, headers: Record<string, string>, body: string, timeoutMs: number): Promise<Posted>;
  close(): void;
}

export function createPoster(): Poster {
  const agents = {
    "http:": new http.Agent({ keepAlive: true }),
    "https:": new https.Agent({ keepAlive: true }),
  };
  return {
    post(url, headers, body, timeoutMs) {
      const { protocol } = new URL(url);
      const [client, agent] = protocol === "https:" ? [https, agents["https:"]] : [http, agents["http:"]];
      return new Promise((resolve, reject) => {
        const signal = AbortSignal.timeout(timeoutMs);
        const fail = (error: Error) => reject(signal.aborted ? signal.reason : error);
        const length = String(Buffer.byteLength(body));
        const options = { method: "POST", agent, signal, headers: { ...headers, "content-length": length } };
        const request = client.request(url, options, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: flat(response.headers),
              body: Buffer.concat(chunks).toString(),
            }),
          );
        });
        request.on("error", fail);
        request.end(body);
      });
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]),
  );
}
