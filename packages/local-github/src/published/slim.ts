type Json = { [key: string]: unknown };

/** Words for readers. Of these a property of GitHub's may have the name too, and then stays. */
const PROSE = new Set(["example", "examples", "description", "summary", "externalDocs"]);

/** Under these the keys are names that somebody chose. */
const NAMES = new Set(["properties", "schemas", "paths", "parameters", "headers", "responses", "x-webhooks"]);

/** An OpenAPI document as programs need it: everything but prose and examples, in the order it had. */
export function slim(document: unknown): unknown {
  return visit(document, { isNames: false });
}

/** @param at.isNames whether the keys are names, not words of OpenAPI */
function visit(node: unknown, at: { isNames: boolean }): unknown {
  if (Array.isArray(node)) return node.map((item) => visit(item, { isNames: false }));
  if (typeof node !== "object" || node === null) return node;
  const kept: Json = {};
  for (const [key, value] of Object.entries(node)) {
    if (!at.isNames && PROSE.has(key)) continue;
    kept[key] = visit(value, { isNames: !at.isNames && NAMES.has(key) });
  }
  return kept;
}
