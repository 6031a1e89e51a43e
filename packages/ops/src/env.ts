import { z } from "zod";
import { wordsFor } from "./env-words.ts";

/** Everything that is wrong with the environment, in words for whoever set it. Holds no secrets. */
export class EnvError extends Error {
  override readonly name = "EnvError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/**
 * Reads variables once, at the start. An empty variable counts as unset.
 * Say how to repair a variable with `.meta({ fix: "…" })` (or `.describe("…")`) on its outermost schema.
 * @param source usually `process.env`, which only files named env.ts may touch
 * @throws EnvError naming every problem at once
 */
export function parseEnv<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  source: Readonly<Record<string, string | undefined>>,
): z.output<z.ZodObject<Shape>> {
  const set = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ""),
  );
  const ours = new Set<string>();
  const error = (issue: z.core.$ZodRawIssue) => {
    const name = String(issue.path?.[0] ?? "");
    const words = wordsFor(name, issue, set[name]);
    if (words !== undefined) ours.add(words);
    return words;
  };
  const result = schema.safeParse(set, { error });
  if (result.success) return result.data;
  // One problem for each variable: a number that is neither whole nor in its range is set anew once.
  const issues = new Map(result.error.issues.toReversed().map((issue) => [issue.path[0], issue]));
  throw new EnvError(
    [...issues.values()].toReversed().map((issue) => {
      const name = String(issue.path[0] ?? "");
      const value = set[name];
      const message =
        value === undefined || ours.has(issue.message) ? issue.message : hide(issue.message, value);
      return explain({ name, message, isSet: value !== undefined, fix: fixOf(schema.shape[name]) });
    }),
  );
}

function explain(problem: {
  name: string;
  message: string;
  isSet: boolean;
  fix: string | undefined;
}): string {
  const { name, message, isSet, fix } = problem;
  if (name === "") return message;
  return `${name} ${isSet ? `is wrong: ${message}` : "is not set"}${fix ? `. ${fix}` : ""}`;
}

/** A schema's own message might quote what it was given. */
function hide(message: string, value: string): string {
  return message.replaceAll(value, "…");
}

function fixOf(schema: z.core.$ZodType | undefined): string | undefined {
  const meta = schema && z.globalRegistry.get(schema);
  const fix = meta?.fix ?? meta?.description;
  return typeof fix === "string" ? fix : undefined;
}
