export type Json = Record<string, unknown>;

/** A broken manifest says nothing; its own tools will say what is wrong with it. */
export function readJson(text: string | undefined): Json {
  if (text === undefined) return {};
  try {
    return recordOf(JSON.parse(text));
  } catch {
    // A comment is what makes most of them unreadable.
    return readLoosely(text);
  }
}

function readLoosely(text: string): Json {
  try {
    const bare = text.replaceAll(
      /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, kept?: string) => kept ?? "",
    );
    return recordOf(JSON.parse(bare.replaceAll(/,(\s*[}\]])/g, "$1")));
  } catch {
    // Not JSON at all.
    return {};
  }
}

export function recordOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
