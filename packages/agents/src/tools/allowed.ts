import type { AgentScope } from "@aicd/core";

/** A refusal in place of a change that could not be published; undefined: the path may be changed. */
export function refused({ refusal }: AgentScope, path: string): { kind: "error"; text: string } | undefined {
  const why = refusal?.(path);
  return why === undefined ? undefined : { kind: "error", text: `\`${path}\` was not changed. ${why}` };
}
