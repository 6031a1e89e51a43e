import { AicdError } from "@aicd/core";

/**
 * What a runner says is shown to people. One that repeats the key of its own lease, in words or in a file, has been
 * talked into it by something it read: none of that is taken.
 * @throws AicdError `invalid`, without the words
 */
export function insistOnDiscretion(said: unknown, token: string): void {
  if (!holds(said, token)) return;
  throw new AicdError(
    "invalid",
    "What was sent holds the key of its own lease, so none of it was taken. Something the agent read may have asked for it.",
    { retryable: false },
  );
}

function holds(value: unknown, token: string): boolean {
  if (typeof value === "string") return value.includes(token);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, part]) =>
    name === "contentBase64" && typeof part === "string"
      ? Buffer.from(part, "base64").includes(token)
      : holds(part, token),
  );
}
