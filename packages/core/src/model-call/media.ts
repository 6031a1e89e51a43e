import { type Rule, refuse } from "./rule.ts";

const INLINE = "put it into the request as base64: nothing is fetched, and no file of the vendor's is read";

/** Base64 of an image or a document, as Anthropic writes it. */
export function base64(what: "images" | "documents"): Rule {
  return (value, at, seen) => {
    if (typeof value !== "string") return refuse(at, INLINE);
    seen[what] += 1;
    seen.mediaBytes += value.length;
    return value;
  };
}

/** A `data:` URL that carries its bytes, as OpenAI writes it. */
export function dataUrl(what: "images" | "documents"): Rule {
  return (value, at, seen) => {
    if (typeof value !== "string" || !/^data:[\w.+-]+\/[\w.+-]+;base64,/.test(value))
      return refuse(at, INLINE);
    seen[what] += 1;
    seen.mediaBytes += value.length;
    return value;
  };
}
