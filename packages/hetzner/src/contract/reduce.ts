type Json = { [key: string]: unknown };

/** The part of the Hetzner Cloud API that a fleet of servers needs: path to methods. */
const USED: Readonly<Record<string, readonly string[]>> = {
  "/actions/{id}": ["get"],
  "/firewalls": ["get", "post"],
  "/images": ["get"],
  "/locations": ["get"],
  "/networks": ["get"],
  "/pricing": ["get"],
  "/server_types": ["get"],
  "/servers": ["get", "post"],
  "/servers/{id}": ["get", "delete"],
  "/servers/{id}/actions/poweron": ["post"],
  "/servers/{id}/actions/rebuild": ["post"],
  "/ssh_keys": ["get"],
};

/** Words for readers; a property may be called so too, and then stays. */
const PROSE = new Set(["description", "example", "examples", "title", "summary", "x-codeSamples", "tags"]);
/** Under these the keys are names, not words of OpenAPI. */
const NAMES = new Set(["properties", "schemas", "paths", "responses"]);

/** An OpenAPI document with only the operations in `USED`, the schemas they lead to, and no prose. */
export function reduce(document: Json): Json {
  const all = document.paths as Record<string, Json>;
  const paths = Object.fromEntries(
    Object.entries(USED).map(([path, methods]) => {
      const item = all[path] ?? {};
      return [path, Object.fromEntries(methods.map((method) => [method, bare(item[method], false)]))];
    }),
  );
  const schemas = (document.components as Json).schemas as Json;
  const kept: Json = {};
  const queue = refsOf(paths);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (name in kept) continue;
    kept[name] = bare(schemas[name], false);
    queue.push(...refsOf(kept[name]));
  }
  const { title, version } = document.info as Json;
  return {
    openapi: document.openapi,
    info: { title, version },
    paths,
    components: { schemas: Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

function bare(node: unknown, isNames: boolean): unknown {
  if (Array.isArray(node)) return node.map((item) => bare(item, false));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => isNames || !PROSE.has(key))
      .map(([key, value]) => [key, bare(value, !isNames && NAMES.has(key))]),
  );
}

function refsOf(node: unknown): string[] {
  return [...JSON.stringify(node).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name = ""]) => name,
  );
}
