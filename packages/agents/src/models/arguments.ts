import type { CallPart } from "./model.ts";

/** Arguments arrive as text a model wrote: an object, or the evidence that they were none. */
export function toCall(id: string, name: string, json: string): CallPart {
  try {
    const value: unknown = JSON.parse(json === "" ? "{}" : json);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { type: "call", id, name, input: value as Record<string, unknown> };
    }
  } catch {
    // Not JSON: the raw text goes back to the model so that it can see what it wrote.
  }
  return { type: "call", id, name, input: {}, malformed: json.slice(0, 2_000) };
}
