import type { Command, Commands, Machine, Repository } from "./plan.ts";
import { type Change, setupBy } from "./prime-table.ts";

/**
 * Checks run without a network. Whatever a check would fetch when it starts is fetched by a command of the
 * setup that stands for it; and a check that installs the project anew is told not to.
 */
export function prime(repository: Repository, machine: Machine, commands: Commands): Commands {
  const before: Command[] = [];
  const checks = commands.checks.flatMap((check): Command[] => {
    const { directory, rest } = apart(check.run);
    const change: Change | undefined = setupBy(check.ecosystem, {
      repository,
      machine,
      directory,
      run: rest,
    });
    if (change === undefined) return [check];
    const known = [...commands.setup, ...before].map(({ run }) => run);
    const place = directory === "" ? "" : `cd ${directory} && `;
    const isThere =
      change.unless !== undefined &&
      commands.setup.some(
        ({ run, ecosystem }) =>
          ecosystem === check.ecosystem && change.unless?.test(run) && apart(run).directory === directory,
      );
    for (const run of isThere ? [] : change.setup) {
      if (!known.includes(`${place}${run}`))
        before.push({ ...check, from: change.from ?? check.from, run: `${place}${run}`, kind: "install" });
    }
    return change.checks.map((run) => ({ ...check, from: change.from ?? check.from, run: `${place}${run}` }));
  });
  const setup = commands.setup.map((command) => ({ ...command, run: inReach(command.run) }));
  return { ...commands, setup: [...setup, ...before], checks };
}

/** What is installed for the whole machine goes to a place that can be written and is on the PATH. */
function inReach(run: string): string {
  const { directory, rest } = apart(run);
  if (/^go install\b/.test(rest)) return run.replace("go install", 'GOBIN="$HOME/.local/bin" go install');
  if (/^gem install\b/.test(rest)) return `${run} --user-install --bindir "$HOME/.local/bin"`;
  if (!/^bundle (?:install|update)\b|^bundle$/.test(rest)) return run;
  return `${directory === "" ? "" : `cd ${directory} && `}bundle config set --global path "$HOME/.local/share/gems" && ${rest}`;
}

export function apart(run: string): { directory: string; rest: string } {
  const found = /^cd (\S+) && ([\s\S]*)$/.exec(run);
  return found === null ? { directory: "", rest: run } : { directory: found[1] ?? "", rest: found[2] ?? "" };
}
