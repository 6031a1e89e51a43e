import { type Command, type Commands, inspectRepository, offeredSandbox } from "@aicd/runner";
import pc from "picocolors";
import { openRepository } from "./run/repository.ts";
import { settingsAt } from "./run/settings.ts";

export type DoctorOptions = {
  /** A git repository, or a directory inside one. */
  repo: string;
  env: Record<string, string>;
  /** What `repo` is relative to. */
  directory: string;
  write: (text: string) => void;
};

/**
 * `aicd doctor`: what an attempt on the last commit would run here, each command with where it is from, and
 * what this machine lacks for it. Nothing of the repository is run.
 *
 * @returns whether an attempt could begin and prove something
 */
export async function examine({ repo, env, directory, write }: DoctorOptions): Promise<boolean> {
  const { home, git, startSha } = await openRepository(
    { repo, directory, env: { base: env, githubToken: undefined } },
    "",
  );
  const path = env.PATH ?? "";
  const settings = await settingsAt(git, startSha);
  const commands = await inspectRepository({ directory: home, commit: startSha, path, env, settings });
  const sandbox = await offeredSandbox(path);
  write(`git      ${await git(["--version"])}\n`);
  write(
    sandbox.level === "bwrap" ? "sandbox  bwrap\n" : pc.yellow(`sandbox  ${sandbox.level}: ${sandbox.why}\n`),
  );
  write(`commit   ${startSha.slice(0, 9)}\n`);
  write(show(commands));
  return sandbox.level === "bwrap" && commands.missing.length === 0 && commands.checks.length > 0;
}

const NO_CHECKS =
  "No checks are known: say in `.github/aicd.yml` under `checks` which commands prove a change.";

function show({ setup, checks, notes, missing }: Commands): string {
  const lacks = [...missing, ...(missing.length === 0 && checks.length === 0 ? [NO_CHECKS] : [])];
  return [
    pc.bold("\nSetup, with network"),
    ...rows(setup),
    pc.bold("\nChecks, without network, before and after a change"),
    ...rows(checks),
    ...notes.map((note) => pc.dim(`\n${note}`)),
    ...lacks.map((lack) => pc.red(`\n${lack}`)),
    "",
  ].join("\n");
}

function rows(commands: readonly Command[]): string[] {
  if (commands.length === 0) return ["  none"];
  return commands.flatMap(({ run, kind, from }) => [
    `  ${kind.padEnd(7)}  ${run.replaceAll("\n", "\n           ")}`,
    pc.dim(`           ${from}`),
  ]);
}
