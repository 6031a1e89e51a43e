import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ask, type Filter, matches, type Query, type StoredPoint } from "./qdrant-points.ts";
import type { CheckRequest } from "./qdrant-schema.ts";

export type QdrantEdge = {
  url: string;
  /** What was wrong with requests; a test that leaves any has failed. */
  problems: string[];
  /** Every request, as `METHOD /path`, with its body. */
  requests: { name: string; body: unknown }[];
  points(): StoredPoint[];
  close(): Promise<void>;
};

/** Qdrant's side of the wire, in this process: it takes only what `check` and the routes below know. */
export async function startQdrantEdge(check?: CheckRequest): Promise<QdrantEdge> {
  const collections = new Map<string, Map<string, StoredPoint>>();
  let sizes: Record<string, { size: number }> = {};
  let rare: ReadonlySet<string> = new Set();
  const problems: string[] = [];
  const requests: QdrantEdge["requests"] = [];
  const server = createServer((request, response) => {
    void respond(request, response);
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const url = new URL(request.url ?? "/", "http://edge");
    const method = request.method ?? "GET";
    const problem = check?.(method, url, body);
    requests.push({ name: `${method} ${url.pathname}`, body });
    const result = problem === undefined ? route(method, url.pathname, body) : undefined;
    if (result === undefined) problems.push(problem ?? `${method} ${url.pathname} is unexpected`);
    response.writeHead(result === undefined ? 400 : 200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({ result: result ?? null, status: result === undefined ? "bad" : "ok", time: 0 }),
    );
  }

  /** Undefined for what it does not know. */
  function route(method: string, path: string, body: unknown): unknown {
    const [, , name = "", ...rest] = path.split("/");
    const call = `${method} ${rest.join("/")}`;
    if (call === "GET exists") return { exists: collections.has(name) };
    if (call === "PUT ") {
      const made = body as { vectors: typeof sizes; sparse_vectors: Record<string, { modifier?: string }> };
      sizes = made.vectors;
      const sparse = Object.entries(made.sparse_vectors);
      rare = new Set(sparse.flatMap(([vector, { modifier }]) => (modifier === "idf" ? [vector] : [])));
      return collections.set(name, new Map()) !== undefined;
    }
    const points = collections.get(name);
    if (points === undefined) return undefined;
    if (call === "PUT index") return DONE;
    if (call === "PUT points") {
      const given = (body as { points: StoredPoint[] }).points;
      if (!given.every((point) => fits(point, sizes))) return undefined;
      for (const point of given) points.set(point.id, point);
      return DONE;
    }
    const { filter } = (body ?? {}) as { filter?: Filter };
    const matching = () => [...points.values()].filter((point) => matches(point, filter));
    if (call === "POST points/delete") {
      for (const { id } of matching()) points.delete(id);
      return DONE;
    }
    if (call === "POST points/count") return { count: matching().length };
    if (call === "POST points/scroll") {
      return {
        points: matching().slice(0, (body as { limit?: number }).limit ?? 10),
        next_page_offset: null,
      };
    }
    if (call !== "POST points/query/batch") return undefined;
    return (body as { searches: Query[] }).searches.map((one) => ({
      points: ask([...points.values()], one, rare),
    }));
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    problems,
    requests,
    points: () => [...collections.values()].flatMap((points) => [...points.values()]),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Dense vectors have the size of their collection; sparse ones have one value for each index, once. */
function fits({ vector }: StoredPoint, sizes: Record<string, { size: number }>): boolean {
  return Object.entries(vector).every(([name, one]) =>
    Array.isArray(one)
      ? one.length === sizes[name]?.size
      : one.indices.length === one.values.length && new Set(one.indices).size === one.indices.length,
  );
}

const DONE = { operation_id: 0, status: "completed" };
