import { LIMITS, SETTINGS_PATHS } from "@aicd/core";
import type { Command, Commands } from "../derive/plan.ts";

export const [SETTINGS_PATH] = SETTINGS_PATHS;

/**
 * The settings a repository begins with: what happens anyway, each line there to be changed. What was found out is
 * left as a comment, so that it goes on following the repository.
 */
export function settingsFile({ schemaUrl, commands }: { schemaUrl: string; commands: Commands }): string {
  return [
    `# yaml-language-server: $schema=${schemaUrl}`,
    "# What AI-CD does in this repository; read from the default branch only. Every line may go.",
    "version: 1",
    "",
    "# `required`: every plan waits for a person. `auto`: with the label `aicd:auto` it does not.",
    "approval: required",
    "# What one task may cost at most, in US dollars.",
    `budgetUsd: ${LIMITS.budgetMicroUsd / 1e6}`,
    "",
    "# What prepares a checkout (with network) and what proves a change (without). While these stay comments, it",
    "# is found out anew each time; this is what was found:",
    ...listed("setup", commands.setup),
    ...listed("checks", commands.checks),
    "",
  ].join("\n");
}

function listed(name: string, commands: readonly Command[]): string[] {
  if (commands.length === 0) return [`# ${name}: []`];
  return [
    `# ${name}:`,
    ...commands.map(({ run, from }) => `#   - ${JSON.stringify(run)} # ${from.replaceAll(/\s+/g, " ")}`),
  ];
}
