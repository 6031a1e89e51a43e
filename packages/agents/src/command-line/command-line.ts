import type { AgentRole, ProgramRun, SandboxLevel } from "@aicd/core";

/** What one start of an agent command line is asked. */
export type Request = {
  role: AgentRole;
  /** What stands around the program: at `bwrap`, lookers get a workspace that they cannot change. */
  level: SandboxLevel;
  model: string;
  system: string;
  prompt: string;
  /** JSON Schema the final answer must have. */
  schema: Record<string, unknown>;
};

/** What a line of its output says, in our words; `answer` is the final one, not yet checked. */
export type Heard =
  | { kind: "text"; text: string }
  | { kind: "tool"; tool: string; detail: string; ok: boolean }
  | { kind: "answer"; value: unknown }
  | { kind: "failed"; message: string };

/** One vendor's agent as a program: how it is started headless, shut in, and understood. */
export type CommandLine = {
  name: string;
  /** What a person types to have it. */
  install: string;
  wire: "anthropic" | "openai";
  start(request: Request): Pick<ProgramRun, "argv" | "env" | "input" | "files">;
  /** A listener for one run: tool calls and their results come on lines of their own. */
  listener(): (line: string) => Heard[];
};

export type Json = Record<string, unknown>;

/** Undefined for what is no JSON object: banners and warnings stand between the lines we read. */
export function parseLine(line: string): Json | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return record(JSON.parse(line));
  } catch {
    // Half a line of a program that was stopped.
    return undefined;
  }
}

export function record(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function records(value: unknown): Json[] {
  if (!Array.isArray(value)) return [];
  return value.map(record).filter((item) => item !== undefined);
}

export function words(value: unknown): string {
  return typeof value === "string" ? value : "";
}
