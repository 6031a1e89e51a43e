import { CriticVerdict, Finding, Plan, ThreadReceipt } from "@aicd/core";
import { z } from "zod";

const questions = z.array(z.string().min(1).max(2_000)).max(5);

/** What an agent command line ends with, per role. One flat object, since not every vendor takes unions. */
export const ANSWERS = {
  planner: z.object({ kind: z.enum(["plan", "ask"]), plan: Plan.nullable(), questions }),
  coder: z.object({
    kind: z.enum(["changed", "ask"]),
    title: z.string().max(200),
    summary: z.string().max(8_000),
    receipts: z.array(ThreadReceipt).max(200),
    questions,
  }),
  critic: CriticVerdict.extend({ findings: z.array(Finding).max(50) }),
} as const;

/** Said after the role's own prompt, which speaks of tools that only our own loop has. */
export const ENDINGS = {
  planner:
    'You work with the tools you have here; `submit_plan` and `ask` are no tools. Change no file. Your final answer is one JSON object of the given schema: `kind` "plan" with the plan, or "ask" with questions and null for the plan.',
  coder:
    'You work with the tools you have here; `submit_change` and `ask` are no tools. Your final answer is one JSON object of the given schema: `kind` "changed" with title, summary and receipts once the tree is as you want it, or "ask" with questions and empty strings for the rest.',
  critic:
    "You work with the tools you have here; `submit_review` is no tool. Change no file. Your final answer is one JSON object of the given schema.",
} as const;

/**
 * The schema as every vendor's structured output takes it: all keys required, nothing besides them, and
 * none of the bounds that only some of them know. What comes back is checked against the real one.
 */
export function plainSchema(schema: z.ZodType): Record<string, unknown> {
  return plain(z.toJSONSchema(schema, { io: "output" })) as Record<string, unknown>;
}

const KEPT = new Set(["type", "properties", "required", "items", "enum", "const", "anyOf", "description"]);

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const source = value as Record<string, unknown>;
  const kept: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(source)) {
    if (key === "properties") {
      const properties = inner as Record<string, unknown>;
      kept.properties = Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, plain(of)]));
      kept.required = Object.keys(properties);
      kept.additionalProperties = false;
    } else if (KEPT.has(key) && key !== "required") kept[key] = plain(inner);
  }
  return kept;
}

/** The value itself, or the JSON a text consists of or ends with. */
export function looseJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const fenced = /```(?:json)?\s*(\{[\s\S]*\})\s*```\s*$/.exec(value)?.[1];
  for (const text of [value, fenced, value.slice(value.indexOf("{"))]) {
    try {
      if (text !== undefined) return JSON.parse(text);
    } catch {
      // The next form may be the one.
    }
  }
  return undefined;
}
