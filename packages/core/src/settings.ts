import { z } from "zod";
import { LIMITS } from "./limits.ts";

export const Provider = z.enum(["anthropic", "openai", "openai-compatible"]);
export type Provider = z.infer<typeof Provider>;

const role = z.strictObject({
  provider: Provider.optional(),
  model: z.string().min(1).max(200).optional(),
  fallback: z.string().min(1).max(200).optional(),
});

const commands = z.array(z.string().min(1).max(500)).max(10);

/** `.github/aicd.yml`, read from the default branch only. Unknown keys are errors, told on the thread. */
export const Settings = z.strictObject({
  version: z.literal(1).default(1),
  provider: Provider.optional(),
  model: z.string().min(1).max(200).optional(),
  planner: role.prefault({}),
  coder: role.prefault({}),
  critic: role.prefault({}),
  /** Commands that prepare a checkout and that prove a change; detected when left out. */
  setup: commands.optional(),
  checks: commands.optional(),
  /** `auto` lets `aicd:auto` skip the approval; `required` never does. */
  approval: z.enum(["required", "auto"]).default("auto"),
  budgetUsd: z
    .number()
    .positive()
    .max(1_000)
    .default(LIMITS.budgetMicroUsd / 1e6),
  sandbox: z.enum(["bwrap", "container", "process"]).default("process"),
  reviewRounds: z.number().int().min(0).max(10).default(LIMITS.reviewRounds),
  policy: z
    .strictObject({
      /** Paths (prefixes or exact names) that need an owner's override besides the built-in ones. */
      protected: z.array(z.string().min(1).max(500)).max(200).default([]),
      /** Built-in protected paths this repository opens to the agent. */
      allow: z.array(z.string().min(1).max(500)).max(200).default([]),
      maxFiles: z.number().int().min(1).max(LIMITS.changedFiles).default(LIMITS.changedFiles),
      maxBytes: z.number().int().min(1).max(LIMITS.changeSetBytes).default(LIMITS.changeSetBytes),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = Settings.parse({});

export type SettingsResult =
  | { kind: "settings"; settings: Settings }
  | { kind: "invalid"; problems: string[] };

/** @param document the parsed YAML; null or undefined for an empty or missing file */
export function readSettings(document: unknown): SettingsResult {
  const parsed = Settings.safeParse(document ?? {});
  if (parsed.success) return { kind: "settings", settings: parsed.data };
  const problems = parsed.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? "" : `\`${issue.path.join(".")}\`: `;
    if (issue.code !== "unrecognized_keys") return `${where}${issue.message}`;
    return `${where}unknown key ${issue.keys.map((key) => `\`${key}\``).join(", ")}; known: ${knownKeys(issue.path)}`;
  });
  return { kind: "invalid", problems };
}

function knownKeys(path: PropertyKey[]): string {
  const shape =
    path[0] === "policy"
      ? Settings.shape.policy.unwrap().shape
      : path.length === 0
        ? Settings.shape
        : role.shape;
  return Object.keys(shape)
    .map((key) => `\`${key}\``)
    .join(", ");
}
