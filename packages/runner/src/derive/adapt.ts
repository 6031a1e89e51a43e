import { readJson } from "./ecosystems/json.ts";
import type { Command, Commands, Machine, Repository } from "./plan.ts";
import { prime } from "./prime.ts";
import { bring, programsOf, stepFor } from "./programs.ts";
import { inVenv } from "./venv.ts";

const MOST_SETUP = 10;
const MOST_CHECKS = 10;

/**
 * Commands as they can be run here: what the network is needed for is fetched by the setup, what is installed
 * is not installed again, programs that can be brought are, and those that cannot are named.
 */
export function adapt(
  repository: Repository,
  machine: Machine,
  raw: Commands,
  { isPython = false }: { isPython?: boolean } = {},
): Commands {
  const primed = prime(repository, machine, raw);
  const fresh = withoutInstalled(machine, primed);
  const shut = inVenv(machine, fresh, isPython);
  const equipped = equip(repository, machine, shut);
  return {
    ...equipped,
    setup: joinUp(dedupe(equipped.setup)),
    checks: bounded(dedupe(equipped.checks)),
    notes: [...new Set(equipped.notes)].slice(0, 20),
  };
}

function dedupe(commands: readonly Command[]): Command[] {
  const seen = new Map<string, Command>();
  for (const command of commands) if (!seen.has(command.run)) seen.set(command.run, command);
  return [...seen.values()];
}

/** Tests are kept before anything that only looks, in the order they came. */
function bounded(checks: readonly Command[]): Command[] {
  if (checks.length <= MOST_CHECKS) return [...checks];
  const kept = new Set(
    checks.toSorted((a, b) => Number(isNeeded(b)) - Number(isNeeded(a))).slice(0, MOST_CHECKS),
  );
  return checks.filter((one) => kept.has(one));
}

function isNeeded({ kind }: Command): boolean {
  return kind === "test" || kind === "build";
}

/** More steps than evidence has rows for become one. */
function joinUp(setup: readonly Command[]): Command[] {
  if (setup.length <= MOST_SETUP) return [...setup];
  const rest = setup.slice(MOST_SETUP - 1);
  const [first] = rest;
  if (first === undefined) return [...setup];
  return [
    ...setup.slice(0, MOST_SETUP - 1),
    { ...first, run: rest.map(({ run }) => `( ${run} )`).join(" && ") },
  ];
}

const PLACES: Readonly<Partial<Record<Command["ecosystem"], readonly string[]>>> = {
  node: ["node_modules"],
  python: [".venv", "venv"],
  php: ["vendor"],
  ruby: ["vendor/bundle"],
  elixir: ["deps"],
};

/** What the workflow has installed in the checkout already stays as it is. */
function withoutInstalled({ installed }: Machine, commands: Commands): Commands {
  const notes: string[] = [];
  const setup = commands.setup.filter(({ run, kind, ecosystem }) => {
    if (kind !== "install") return true;
    const directory = /^cd (\S+) && /.exec(run)?.[1];
    const places = (PLACES[ecosystem] ?? []).flatMap((name) => [
      name,
      ...(directory === undefined ? [] : [`${directory}/${name}`]),
    ]);
    const place = places.find((one) => installed.includes(one));
    if (place !== undefined) notes.push(`\`${place}\` is in the checkout already, so \`${run}\` is not run.`);
    return place === undefined;
  });
  return { ...commands, setup, notes: [...commands.notes, ...notes] };
}

/** Brings programs that can be brought, and leaves out commands whose program nobody can bring. */
function equip(repository: Repository, machine: Machine, commands: Commands): Commands {
  const { setup, checks, notes } = commands;
  const brought = new Map<string, Command>();
  const lacking = new Map<string, Command[]>();
  const manager = /^(\w+)@([\w.-]+)/.exec(
    String(readJson(repository.text("package.json")).packageManager ?? ""),
  );
  for (const command of [...setup, ...checks]) {
    for (const program of programsOf(command)) {
      if (machine.has(program) || brought.has(program)) continue;
      const run = bringBy(machine, program, manager?.[1] === program ? manager[2] : undefined);
      if (run === undefined) lacking.set(program, [...(lacking.get(program) ?? []), command]);
      else brought.set(program, { ...command, run, kind: "install" });
    }
  }
  const left = new Set([...lacking.values()].flat());
  const kept = checks.filter((one) => !left.has(one));
  const isEnough = kept.some(({ kind }) => kind === "test") || !checks.some(({ kind }) => kind === "test");
  const said = [...lacking].map(
    ([program, [first]]) =>
      `\`${program}\` is not on this machine, and \`${first?.run}\` (${first?.from}) needs it. ${adviceFor(program)}`,
  );
  return {
    setup: [...brought.values(), ...setup.filter((one) => !left.has(one))],
    checks: kept,
    notes: [...notes, ...(isEnough ? said : [])],
    missing: isEnough ? [] : said,
  };
}

function bringBy(machine: Machine, program: string, version: string | undefined): string | undefined {
  const run = bring(program, version);
  const needs = run?.startsWith("npm ") ? "npm" : "python3";
  return run !== undefined && machine.has(needs) ? run : undefined;
}

function adviceFor(program: string): string {
  const step = stepFor(program);
  const where = "before the step that runs AI-CD in `.github/workflows/aicd.yml`";
  return step === undefined ? `Install it ${where}.` : `Add this ${where}:\n${step}`;
}
