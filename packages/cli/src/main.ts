#!/usr/bin/env node
import { AicdError } from "@aicd/core";
import { Command, Option } from "commander";
import { runDemo } from "./demo/demo.ts";
import { modelEnv } from "./env.ts";

const program = new Command("aicd").description("Turns a GitHub issue into a reviewed pull request.");

program
  .command("demo")
  .description("watch an issue become a merged pull request, on a local GitHub")
  .addOption(
    new Option("--repo <dir>", "a git repository of yours instead of the example (needs a model key)"),
  )
  .addOption(new Option("--issue <file>", "its issue: the first line is the title"))
  .option("--json", "print one JSON object as the last line")
  .option("--keep", "leave everything running and print the addresses")
  .action(async (options: { repo?: string; issue?: string; json?: true; keep?: true }) => {
    process.exitCode = await runDemo({ ...options, model: modelEnv() });
  });

try {
  await program.parseAsync();
} catch (error) {
  // Trouble a person can mend is one sentence; anything else is ours and shows where.
  const text =
    error instanceof AicdError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
