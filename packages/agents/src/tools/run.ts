import { z } from "zod";
import { shownOutput } from "./outputs.ts";
import { defineTool } from "./tool.ts";

const DEFAULT_SECONDS = 120;

export const run = defineTool({
  name: "run",
  description: "Runs a shell command in the repository's root, without a network.",
  input: z.object({
    command: z.string().min(1).max(4_000),
    seconds: z.number().int().min(1).max(600).default(DEFAULT_SECONDS),
  }),
  readOnly: false,
  async run({ command, seconds }, { workspace, budget, now, signal }) {
    const left = Math.max(1_000, budget.deadlineMs - now());
    const result = await workspace.run(command, { timeoutMs: Math.min(seconds * 1_000, left), signal });
    const output = shownOutput(workspace, result.output);
    if (result.limit !== undefined) {
      return { kind: "ok", failed: true, text: `[stopped: ${result.limit}]\n${output}` };
    }
    const end = result.timedOut ? `stopped after ${seconds} s` : `exit code ${result.exitCode ?? "none"}`;
    return { kind: "ok", failed: result.exitCode !== 0, text: `[${end}]\n${output}` };
  },
});
