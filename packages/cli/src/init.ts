import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SCHEMA_URL } from "@aicd/core";
import { proposeAt } from "@aicd/runner";
import pc from "picocolors";
import { openRepository } from "./run/repository.ts";

export type InitOptions = {
  /** A git repository, or a directory inside one. */
  repo: string;
  env: Record<string, string>;
  /** What `repo` is relative to. */
  directory: string;
  write: (text: string) => void;
};

/**
 * `aicd init`: puts the workflow and the settings into a clone, made from the repository's own CI, as the pull
 * request does that AI-CD opens once a repository is enabled. What is there stays as it is, and nothing is committed.
 */
export async function init({ repo, env, directory, write }: InitOptions): Promise<void> {
  const { home, startSha } = await openRepository(
    { repo, directory, env: { base: env, githubToken: undefined } },
    "",
  );
  const { files, steps, commands } = await proposeAt({
    directory: home,
    commit: startSha,
    path: env.PATH ?? "",
    env,
    schemaUrl: SCHEMA_URL,
  });
  const missing = files.filter(({ path }) => !existsSync(join(home, path)));
  for (const { path, content } of missing) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    // Somebody may have written it since we looked.
    await writeFile(join(home, path), content, { flag: "wx" });
    write(`${pc.green("+")} ${path}\n`);
  }
  if (missing.length === 0)
    return write("The workflow and the settings are there already; nothing is changed.\n");
  write(`\nTaken from the repository itself:\n`);
  for (const { uses } of steps) write(`  installs  ${uses}\n`);
  for (const { run, kind } of [...commands.setup, ...commands.checks])
    write(`  ${kind.padEnd(8)}  ${run.replaceAll("\n", "\n            ")}\n`);
  for (const note of commands.notes) write(pc.dim(`\n${note}\n`));
  write(
    "\nNext: commit both to the default branch and push. `aicd doctor` says what is still missing; `aicd run --repo . --issue FILE` tries an issue right here.\n",
  );
}
