import { z } from "zod";

/** Everything that is wrong with the environment, in words for whoever set it. Holds no values. */
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
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  throw new EnvError(result.error.issues.map((issue) => explain(issue, schema, set)));
}

function explain(
  issue: z.core.$ZodIssue,
  schema: z.ZodObject,
  set: Record<string, string | undefined>,
): string {
  const name = String(issue.path[0] ?? "");
  if (name === "") return issue.message;
  const value = set[name];
  const wrong = value === undefined ? "is not set" : `is wrong: ${hide(issue.message, value)}`;
  const fix = fixOf(schema.shape[name]);
  return `${name} ${wrong}${fix ? `. ${fix}` : ""}`;
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
