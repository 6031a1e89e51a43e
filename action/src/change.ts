import { lstat, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AicdError, ChangeSet, CriticVerdict, Evidence, LIMITS, Plan } from "@aicd/core";
import { z } from "zod";

const FILE = "change.json";

/** What the agent job leaves for the publish job. To the reader it is a stranger's text, bounded and checked. */
export const Change = z.object({
  version: z.literal(1),
  issueNumber: z.number().int().positive(),
  changeSet: ChangeSet,
  evidence: Evidence,
  critic: CriticVerdict,
  plan: z.object({ body: Plan, hash: z.string().regex(/^[0-9a-f]{12}$/) }),
  spentMicroUsd: z.number().nonnegative(),
});
export type Change = z.infer<typeof Change>;

export async function writeChange(directory: string, change: Change): Promise<void> {
  await writeFile(join(directory, FILE), JSON.stringify(change));
}

/** @throws AicdError that says what is wrong with the artifact */
export async function readChange(directory: string): Promise<Change> {
  const path = join(directory, FILE);
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined) {
    throw new AicdError(
      "missing",
      `${path} is not there. Download the agent job's artifact to \`artifact\` first.`,
    );
  }
  // A link in an artifact could lead anywhere on this machine.
  if (!info.isFile()) throw new AicdError("forbidden", `${path} is not a plain file.`);
  if (info.size > LIMITS.uploadBytes) throw new AicdError("too_large", `${path} has ${info.size} bytes.`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new AicdError("invalid", `${path} is no JSON.`, { cause });
  }
  const parsed = Change.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AicdError(
    "invalid",
    `${path} is not a change of ours: ${z.prettifyError(parsed.error).slice(0, 1_000)}`,
  );
}
