/** Shapes of keys that must not leave the runner even when nobody told us of them. */
const SHAPES =
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}|sk-[A-Za-z0-9_-]{20,255}|AKIA[A-Z0-9]{16}|xox[abprs]-[A-Za-z0-9-]{10,255}|glpat-[A-Za-z0-9_-]{20,64})/g;
const SHORTEST_SECRET = 8;

export type Redact = (text: string) => string;

/** Takes known secrets, plain and in base64, and anything shaped like a key out of a text. */
export function createRedact(secrets: readonly string[]): Redact {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [
      secret,
      Buffer.from(secret).toString("base64").replace(/=+$/, ""),
      encodeURIComponent(secret),
    ]);
  return (text) => forms.reduce((clean, form) => clean.split(form).join("***"), text).replace(SHAPES, "***");
}
