import { z } from "zod";

/** What the GitHub runner tells every action, as far as we read it. */
const Env = z.object({
  /** Where the checkout step put the repository. */
  GITHUB_WORKSPACE: z.string().min(1),
  /** Emptied by the runner before and after each job. */
  RUNNER_TEMP: z.string().min(1),
  /** Limits our fetch token to this host. */
  GITHUB_SERVER_URL: z.url().default("https://github.com"),
  GITHUB_API_URL: z.url().default("https://api.github.com"),
  /** `owner/name`. */
  GITHUB_REPOSITORY: z.string().optional(),
  GITHUB_RUN_ID: z.string().regex(/^\d+$/).optional(),
  /** Servers that speak a vendor's format, for standalone mode. */
  ANTHROPIC_BASE_URL: z.url().default("https://api.anthropic.com"),
  OPENAI_BASE_URL: z.url().default("https://api.openai.com/v1"),
  PATH: z.string().default("/usr/local/bin:/usr/bin:/bin"),
});
export type Env = z.infer<typeof Env>;

/** Where the runner reads what a step tells it: whoever writes there steers the steps that follow. */
export function commandFiles(source: Surroundings = surroundings()): string[] {
  const names = ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"];
  return names.map((name) => source[name]).filter((file) => file !== undefined);
}

/** The environment as it is; for the one place that passes some of it on. */
export type Surroundings = Record<string, string | undefined>;
export function surroundings(): Surroundings {
  return process.env;
}

/** Throws with all that is missing; only ever happens outside a GitHub runner. */
export function readEnv(source: Surroundings = surroundings()): Env {
  const parsed = Env.safeParse(source);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
  throw new Error(`This program runs as a step of a GitHub workflow; not set or not valid: ${names}.`);
}
