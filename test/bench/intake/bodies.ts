import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const BODY_BYTES = 12 * 1024;
const COUNT = 256;
const WORDS =
  "the quick agent opens pull request when label is set and plan fails because build cannot find module under packages with error timeout".split(
    " ",
  );

const examples = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve("@octokit/webhooks-examples")), "utf8"),
) as { name: string; examples: { action?: string }[] }[];

/**
 * `issues.opened` deliveries of GitHub's own example, each of another repository, user and text, filled up
 * to 12 KB. Made from a seed, so that every process of the bench has the same ones.
 */
export function makeBodies(): Buffer[] {
  const random = mulberry(20_260_101);
  const pick = (limit: number) => Math.floor(random() * limit);
  const issues = examples.find(({ name }) => name === "issues")?.examples ?? [];
  const example = issues.find(({ action }) => action === "opened");
  const template = JSON.stringify(example);
  return Array.from({ length: COUNT }, () => {
    const text = template
      .replaceAll("Codertocat", `user${pick(1e6)}`)
      .replaceAll("Hello-World", `repo${pick(1e6)}`)
      .replace(/\d{6,}/g, () => String(1e8 + pick(9e8)));
    const payload = JSON.parse(text) as { issue: { body: string } };
    payload.issue.body = "";
    const missing = BODY_BYTES - JSON.stringify(payload).length;
    let body = "";
    while (body.length < missing)
      body += pick(12) === 0 ? `- ${pick(1e9).toString(36)} ` : `${WORDS[pick(WORDS.length)]} `;
    payload.issue.body = body.slice(0, missing);
    return Buffer.from(JSON.stringify(payload));
  });
}

/** The GUID of the n-th delivery of a run: spread like GitHub's, and known without asking. */
export function guidOf(run: number, n: number): string {
  const spread = (Math.imul(n, 2_654_435_761) >>> 0).toString(16).padStart(8, "0");
  return `${spread}-${run.toString(16).padStart(4, "0")}-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
