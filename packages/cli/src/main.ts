#!/usr/bin/env node
import { insistOnGit } from "@aicd/code-index";
import { AicdError, SandboxLevel, TASK_STATES, type TaskState } from "@aicd/core";
import { ApiError } from "@aicd/sdk";
import { Command, InvalidArgumentError, Option } from "commander";
import { addAdmin } from "./admin.ts";
import { runDemo } from "./demo/demo.ts";
import { examine } from "./doctor.ts";
import { baseEnv, githubToken, githubUrls, modelEnv, serverEnv } from "./env.ts";
import { indexLocally } from "./index-locally.ts";
import { init } from "./init.ts";
import { serveMcp } from "./mcp/serve.ts";
import { askInTerminal } from "./run/ask.ts";
import { EXIT, runLocally } from "./run/run.ts";
import { stopOnSignal } from "./stop.ts";
import { connect, listTasks, showTask, watchTask } from "./tasks.ts";
import { version } from "./version.ts";

const program = new Command("aicd")
  .description("Turns a GitHub issue into a reviewed pull request.")
  .version(version())
  // Before any command is added, which takes it over. Asking for help is no mistake.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage));

program
  .command("demo")
  .description("watch an issue become a merged pull request, on a local GitHub")
  .addOption(
    new Option("--repo <dir>", "a git repository of yours instead of the example (needs a model key)"),
  )
  .addOption(new Option("--issue <file>", "its issue: the first line is the title"))
  .addOption(
    new Option("--database <url>", "an empty Postgres database of yours instead of the embedded one"),
  )
  .option("--json", "print one JSON object as the last line")
  .option("--keep", "leave everything running and print the addresses")
  .option("--webhooks", "let a receiver hear of it that fails twice, and kill the server meanwhile")
  .addOption(
    new Option("--screenshots <dir>", "tell a longer story, with a failure, and keep pictures of it"),
  )
  .action(
    async (options: {
      repo?: string;
      issue?: string;
      database?: string;
      json?: true;
      keep?: true;
      webhooks?: true;
      screenshots?: string;
    }) => {
      await insistOnGit(baseEnv().PATH);
      const code = await runDemo({ ...options, model: modelEnv() });
      // What was under way when a signal came may still hold a timer or a socket.
      if (code > 128) process.exit(code);
      process.exitCode = code;
    },
  );

program
  .command("run")
  .description(
    "work on an issue right here, without a server: plan, change, branch, patch and, with GITHUB_TOKEN, a draft pull request",
  )
  .requiredOption("--repo <dir|owner/name>", "a git repository, here or on GitHub")
  .requiredOption("--issue <file|url|#n>", "what is to be done")
  .option("--yes", "accept the plan without asking")
  .option("--local", "no draft pull request, although GITHUB_TOKEN is set")
  .addOption(
    new Option("--provider <name>", "who answers").choices(["anthropic", "openai", "openai-compatible"]),
  )
  .addOption(new Option("--agent <name>", "who works").choices(["model", "claude-code", "codex"]))
  .option("--model <name>", "the model for all roles")
  .addOption(new Option("--budget <dollars>", "hard stop").argParser(dollars))
  .addOption(
    new Option(
      "--sandbox <level>",
      "`process`: commands are not shut in, for a machine without bubblewrap",
    ).choices(SandboxLevel.options),
  )
  .action(
    async (options: {
      repo: string;
      issue: string;
      yes?: true;
      local?: true;
      agent?: "model" | "claude-code" | "codex";
      provider?: "anthropic" | "openai" | "openai-compatible";
      model?: string;
      budget?: number;
      sandbox?: SandboxLevel;
    }) => {
      await insistOnGit(baseEnv().PATH);
      const { budget: budgetUsd, ...rest } = options;
      const stop = stopOnSignal();
      process.exitCode = await runLocally({
        ...rest,
        budgetUsd,
        env: {
          model: modelEnv(),
          base: baseEnv(),
          githubToken: githubToken(),
          githubUrls: githubUrls(),
        },
        ask: askInTerminal(stop.signal),
        directory: process.cwd(),
        write: (text) => process.stdout.write(text),
        signal: stop.signal,
      });
    },
  );

program
  .command("init")
  .description("write the workflow and the settings for a repository here, made from its own CI")
  .addOption(new Option("--repo <dir>", "a git repository").default("."))
  .action(async ({ repo }: { repo: string }) => {
    await insistOnGit(baseEnv().PATH);
    await init({
      repo,
      env: baseEnv(),
      directory: process.cwd(),
      write: (text) => process.stdout.write(text),
    });
  });

program
  .command("doctor")
  .description("what would prepare and prove a change of a repository here, and what is missing")
  .addOption(new Option("--repo <dir>", "a git repository").default("."))
  .action(async ({ repo }: { repo: string }) => {
    await insistOnGit(baseEnv().PATH);
    const isWell = await examine({
      repo,
      env: baseEnv(),
      directory: process.cwd(),
      write: (text) => process.stdout.write(text),
    });
    process.exitCode = isWell ? EXIT.done : EXIT.failed;
  });

program
  .command("index")
  .description("index a local repository; with a question, show where in it to look")
  .addOption(new Option("--repo <dir>", "a git repository").default("."))
  .addOption(new Option("--query <text>", "an issue, an error message, or a few words"))
  .addOption(new Option("--limit <n>", "how many files").default(10).argParser(count))
  .option("--json", "print one JSON object")
  .action(async (options: { repo: string; query?: string; limit: number; json?: true }) => {
    await insistOnGit(baseEnv().PATH);
    const stop = stopOnSignal();
    await indexLocally({
      ...options,
      env: baseEnv(),
      directory: process.cwd(),
      write: (text) => process.stdout.write(text),
      progress: (text) => process.stderr.isTTY && process.stderr.write(text),
      signal: stop.signal,
    });
  });

const tasks = program.command("tasks").description("tasks of a server; AICD_URL and AICD_API_KEY say which");
const asJson = () => new Option("--json", "one JSON object a line");
const ofOrg = () => new Option("--org <id>", "another organization than the key's own");
const serving = (org: string | undefined) =>
  connect(serverEnv(), {
    write: (text) => process.stdout.write(text),
    ...(org === undefined ? {} : { org }),
  });

tasks
  .command("list")
  .description("the newest first")
  .addOption(new Option("--state <state...>", "only these").choices(TASK_STATES))
  .addOption(new Option("--limit <n>", "how many").default(25).argParser(count))
  .addOption(asJson())
  .addOption(ofOrg())
  .action(async (options: { state?: TaskState[]; limit: number; json?: true; org?: string }) =>
    listTasks(await serving(options.org), options),
  );
tasks
  .command("show <id>")
  .description("where it stands and what it waits for")
  .addOption(asJson())
  .addOption(ofOrg())
  .action(async (id: string, options: { json?: true; org?: string }) =>
    showTask(await serving(options.org), id, options),
  );
tasks
  .command("watch <id>")
  .description("every event as it happens, until the task rests")
  .addOption(asJson())
  .addOption(ofOrg())
  .action(async (id: string, options: { json?: true; org?: string }) => {
    const stop = stopOnSignal();
    await watchTask(await serving(options.org), id, { ...options, signal: stop.signal });
  });

program
  .command("mcp")
  .description(
    "the tasks of a server as an MCP server, for your own agent; AICD_URL and AICD_API_KEY say which",
  )
  .addOption(ofOrg())
  .action(async (options: { org?: string }) => {
    const stop = stopOnSignal();
    const { client, org } = await serving(options.org);
    await serveMcp({ client, org }, stop.signal);
  });

addAdmin(program);

function dollars(text: string): number {
  const amount = Number(text.replace(/^\$/, ""));
  if (!(amount > 0 && Number.isFinite(amount))) {
    throw new InvalidArgumentError("It takes dollars, such as `--budget 5`.");
  }
  return amount;
}

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError("It takes a number, such as `--limit 25`.");
  return Number(text);
}

try {
  await program.parseAsync();
} catch (error) {
  // Trouble a person can mend is one sentence; anything else is ours and shows where.
  const text =
    error instanceof AicdError || error instanceof ApiError
      ? error.message
      : error instanceof Error
        ? error.stack
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
