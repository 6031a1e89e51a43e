import { z } from "zod";
import { EXECUTIONS } from "./fleet.ts";
import { LIMITS } from "./limits.ts";
import { exact } from "./text.ts";

export const Provider = z.enum(["anthropic", "openai", "openai-compatible"]);
export type Provider = z.infer<typeof Provider>;

/** `model`: our own loop around a model. The others are command lines that must be on the runner's PATH. */
export const AgentKind = z.enum(["model", "claude-code", "codex"]);
export type AgentKind = z.infer<typeof AgentKind>;

/** Whether an agent can work with a vendor: each command line speaks one wire format. */
export function fits(agent: AgentKind, provider: Provider): boolean {
  if (agent === "model") return true;
  return agent === "claude-code" ? provider === "anthropic" : provider !== "anthropic";
}

/** What a server takes, where it is less than its models could: `num_ctx`, `--max-model-len`. */
const contextTokens = z.number().int().min(4_000).max(10_000_000);

/** How much a model puts into an answer: `output_config.effort` of Anthropic, `reasoning.effort` of OpenAI. */
export const Effort = z.enum(["low", "medium", "high"]);
export type Effort = z.infer<typeof Effort>;
/** Whether a model of Anthropic thinks before it answers (`adaptive`), where it lets itself be told. */
export const Thinking = z.enum(["on", "off"]);
export type Thinking = z.infer<typeof Thinking>;

const role = z.strictObject({
  agent: AgentKind.optional(),
  provider: Provider.optional(),
  model: z.string().min(1).max(200).optional(),
  fallback: z.string().min(1).max(200).optional(),
  contextTokens: contextTokens.optional(),
  effort: Effort.optional(),
  thinking: Thinking.optional(),
});

export type RoleSettings = z.infer<typeof role>;

/**
 * How commands of a repository and of a model are shut in. `bwrap`: namespaces of their own, in which nothing
 * of the runner can be reached; `process`: a cleared environment and limits, as the runner's own user.
 */
export const SandboxLevel = z.enum(["bwrap", "process"]);
export type SandboxLevel = z.infer<typeof SandboxLevel>;

const commands = z.array(z.string().min(1).max(500)).max(10);

/** Where a repository's settings are, and how as many people spell it; with both of them there none counts. */
export const SETTINGS_PATHS = [".github/aicd.yml", ".github/aicd.yaml"] as const;

/** `.github/aicd.yml`, read from the default branch only. Unknown keys are errors, told on the thread. */
export const Settings = z.strictObject({
  version: z.literal(1).default(1),
  /** Who works, for all roles; each role may say otherwise. */
  agent: AgentKind.optional(),
  provider: Provider.optional(),
  model: z.string().min(1).max(200).optional(),
  /** Another model of the same vendor, for when the first does not answer. */
  fallback: z.string().min(1).max(200).optional(),
  /** Tokens of a conversation that the model's server takes; found out by its refusals when left out. */
  contextTokens: contextTokens.optional(),
  /** For all roles; the model's own way when left out. Between roles that differ, no vendor's cache holds. */
  effort: Effort.optional(),
  thinking: Thinking.optional(),
  planner: role.prefault({}),
  coder: role.prefault({}),
  critic: role.prefault({}),
  /** Commands that prepare a checkout and that prove a change; detected when left out. */
  setup: commands.optional(),
  checks: commands.optional(),
  /** What a setup command that fails means: the end before any coding is paid for, or a line of the evidence. */
  onSetupFailure: z.enum(["stop", "continue"]).default("stop"),
  /** `auto` lets `aicd:auto` skip the approval; `required` never does. */
  approval: z.enum(["required", "auto"]).default("auto"),
  budgetUsd: z
    .number()
    .positive()
    .max(1_000)
    .default(LIMITS.budgetMicroUsd / 1e6),
  /** `bwrap` insists on it; anything less is an owner's decision on the server, never this file's. */
  sandbox: SandboxLevel.optional(),
  /** `unproven`: the critic is spared a small change whose tests prove it; `always` spares it none. */
  review: z.enum(["unproven", "always"]).default("unproven"),
  reviewRounds: z.number().int().min(0).max(10).default(LIMITS.reviewRounds),
  /** Red checks of its own pull requests. */
  ci: z
    .strictObject({
      /** Rounds in a row that mend them by themselves before a person is told; 0: none. */
      rounds: z.number().int().min(0).max(10).default(LIMITS.ciRounds),
    })
    .prefault({}),
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

/** What a tenant demands of a repository, whatever its own file says. */
export const RepositoryLimits = z.strictObject({
  /** No plan is carried out without a person's approval. */
  approval: z.literal("required").optional(),
  /** Hard stop of a task that names no budget of its own. */
  maxBudgetUsd: z.number().positive().max(1_000).optional(),
  maxReviewRounds: z.number().int().min(0).max(10).optional(),
});
export type RepositoryLimits = z.infer<typeof RepositoryLimits>;

/** The stricter of a repository's own settings and what its tenant demands. */
export function tighten(settings: Settings, limits: RepositoryLimits): Settings {
  return {
    ...settings,
    approval: limits.approval ?? settings.approval,
    budgetUsd: Math.min(settings.budgetUsd, limits.maxBudgetUsd ?? settings.budgetUsd),
    reviewRounds: Math.min(settings.reviewRounds, limits.maxReviewRounds ?? settings.reviewRounds),
  };
}

export const CRITICS = ["runner", "server"] as const;
export type CriticSide = (typeof CRITICS)[number];

/** What a tenant sets for all of its repositories. */
export const TenantSettings = z.strictObject({
  /** Nothing new begins, and what runs is ended. */
  paused: z.boolean().default(false),
  /** Hard stop of all its tasks together, from the first of the month on (UTC). */
  monthlyBudgetMicroUsd: z.int().min(0).max(1e12).nullable().default(null),
  /** Who works where a repository's own file names nobody. */
  provider: Provider.nullable().default(null),
  model: exact(200).min(1).nullable().default(null),
  /** What commands may run in where a runner offers nothing stronger; an owner's opt-out is on record. */
  weakestSandbox: SandboxLevel.default("bwrap"),
  /** Whose machines its work runs on. Only a tenant that says so gets servers of the fleet. */
  execution: z.enum(EXECUTIONS).default("github"),
  /** Who asks the critic about a change: the runner that made it, or the server, which the runner cannot speak for. */
  critic: z.enum(CRITICS).default("runner"),
});
export type TenantSettings = z.infer<typeof TenantSettings>;

/** The level a runner must offer at least: a repository may ask for more than its tenant, not for less. */
export function demandedSandbox(
  settings: Settings,
  { weakestSandbox }: Pick<TenantSettings, "weakestSandbox">,
): SandboxLevel {
  return settings.sandbox === "bwrap" ? "bwrap" : weakestSandbox;
}

/** Fills in what a repository's own settings leave open. A model is taken only with its vendor. */
export function withDefaults(
  settings: Settings,
  { provider, model }: Pick<TenantSettings, "provider" | "model">,
): Settings {
  if (provider === null) return settings;
  const filled = { ...settings, provider: settings.provider ?? provider };
  if (model === null || settings.model !== undefined || filled.provider !== provider) return filled;
  return { ...filled, model };
}

export type SettingsResult =
  | { kind: "settings"; settings: Settings }
  | { kind: "invalid"; problems: string[] };

/** @param document the parsed YAML; null or undefined for an empty or missing file */
export function readSettings(document: unknown): SettingsResult {
  const parsed = Settings.safeParse(document ?? {});
  if (parsed.success) {
    const odd = contradictions(parsed.data);
    return odd.length > 0
      ? { kind: "invalid", problems: [...new Set(odd)] }
      : { kind: "settings", settings: parsed.data };
  }
  const problems = parsed.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? "" : `\`${issue.path.join(".")}\`: `;
    if (issue.code !== "unrecognized_keys") return `${where}${issue.message}`;
    return `${where}unknown key ${issue.keys.map((key) => `\`${key}\``).join(", ")}; known: ${knownKeys(issue.path)}`;
  });
  return { kind: "invalid", problems };
}

/** An agent command line speaks one vendor's format; naming another vendor for it cannot work. */
function contradictions(settings: Settings): string[] {
  return (["planner", "coder", "critic"] as const).flatMap((name) => {
    const own = settings[name];
    const kind = own.agent ?? settings.agent ?? "model";
    // A role that chooses its own agent need not follow the vendor of the others.
    const provider = own.provider ?? (own.agent === undefined ? settings.provider : undefined);
    if (provider === undefined || fits(kind, provider)) return [];
    const wanted = kind === "claude-code" ? "`anthropic`" : "`openai` or `openai-compatible`";
    const where = own.provider === undefined ? "provider" : `${name}.provider`;
    return [`\`${where}\`: \`${kind}\` works with ${wanted}, not with \`${provider}\`; leave it out`];
  });
}

function knownKeys(path: PropertyKey[]): string {
  const shape =
    path[0] === "policy" || path[0] === "ci"
      ? Settings.shape[path[0]].unwrap().shape
      : path.length === 0
        ? Settings.shape
        : role.shape;
  return Object.keys(shape)
    .map((key) => `\`${key}\``)
    .join(", ");
}
