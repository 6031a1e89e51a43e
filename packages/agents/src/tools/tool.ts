import type { AgentScope } from "@aicd/core";
import type { z } from "zod";
import type { CallPart, ToolSpec } from "../models/model.ts";
import { leanSchema } from "./schema.ts";

/**
 * `finish` ends the loop with a checked value; `error` is told to the model, which may try again. `failed`: it went
 * as asked, and its answer is a no (a command's exit code), so that nothing behind it can have been meant.
 */
export type ToolOutcome =
  | { kind: "ok"; text: string; failed?: boolean }
  | { kind: "error"; text: string }
  | { kind: "finish"; value: unknown };

export type Tool = {
  readonly spec: ToolSpec;
  /** Changes nothing, so several may run at the same time. */
  readonly readOnly: boolean;
  /** Never throws for what the model wrote or what the workspace refused. */
  call(call: CallPart, scope: AgentScope): Promise<ToolOutcome>;
};

export type ToolDefinition<T> = {
  name: string;
  description: string;
  input: z.ZodType<T>;
  readOnly: boolean;
  run(input: T, scope: AgentScope): Promise<ToolOutcome>;
};

/** Puts the checks every tool needs around a definition: JSON, schema, and refusals of the workspace. */
export function defineTool<T>(definition: ToolDefinition<T>): Tool {
  return {
    spec: {
      name: definition.name,
      description: definition.description,
      inputSchema: leanSchema(definition.input),
    },
    readOnly: definition.readOnly,
    async call(call, scope) {
      if (call.malformed !== undefined) {
        return {
          kind: "error",
          text: `The arguments are not a JSON object: ${call.malformed.slice(0, 300)}`,
        };
      }
      const parsed = definition.input.safeParse(call.input);
      if (!parsed.success) return { kind: "error", text: problems(parsed.error) };
      try {
        return await definition.run(parsed.data, scope);
      } catch (refusal) {
        // Missing files, paths outside, binary content: the model can mend what it asked for.
        return { kind: "error", text: refusal instanceof Error ? refusal.message : String(refusal) };
      }
    },
  };
}

/** The same tool to a model, so that its prefix stays; a call of it is refused in these words. */
export function closed(tool: Tool, why: string): Tool {
  return { ...tool, call: async () => ({ kind: "error", text: why }) };
}

function problems(error: z.ZodError): string {
  const lines = error.issues.slice(0, 10).map((issue) => {
    const where = issue.path.length === 0 ? "arguments" : issue.path.join(".");
    return `- ${where}: ${issue.message}`;
  });
  return `The arguments do not fit the schema:\n${lines.join("\n")}`;
}
