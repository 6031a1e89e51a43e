import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";

/** Swagger UI as npm brings it: the page works where there is no internet. */
const ASSETS = {
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "swagger-ui.css": "text/css; charset=utf-8",
  "favicon-32x32.png": "image/png",
} as const;

const START = `let csrf;
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  async requestInterceptor(request) {
    if (request.method === undefined || request.method === "GET") return request;
    csrf ??= await fetch("/auth/session").then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
    if (csrf.csrf !== undefined) request.headers[csrf.csrf.header] = csrf.csrf.token;
    return request;
  },
});
`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AI-CD API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<noscript>This page needs JavaScript; the document itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

// The bundle sets style attributes; scripts, connections and frames stay ours.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/docs`: the API's reference, to read and to try. */
export function docsRoutes() {
  return async function routes(server: FastifyInstance): Promise<void> {
    server.get("/docs", async (_request, reply) =>
      reply.header("content-security-policy", POLICY).type("text/html; charset=utf-8").send(PAGE),
    );
    server.get("/docs/start.js", async (_request, reply) =>
      reply.type("text/javascript; charset=utf-8").send(START),
    );
    for (const [name, type] of Object.entries(ASSETS)) {
      const path = fileURLToPath(import.meta.resolve(`@fastify/swagger-ui/static/${name}`));
      let asset: Promise<{ bytes: Buffer; etag: string }> | undefined;
      server.get(`/docs/${name}`, async (request, reply) => {
        asset ??= load(path);
        const { bytes, etag } = await asset;
        reply.header("etag", etag).header("cache-control", "public, max-age=3600").type(type);
        return request.headers["if-none-match"] === etag ? reply.code(304).send() : reply.send(bytes);
      });
    }
  };
}

async function load(path: string): Promise<{ bytes: Buffer; etag: string }> {
  const bytes = await readFile(path);
  return { bytes, etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"` };
}
