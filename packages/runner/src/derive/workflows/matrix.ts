import type { Machine } from "../plan.ts";
import { UNKNOWN_MATRIX } from "./expressions.ts";

export type Row = Record<string, unknown>;

const MOST = 4_000;

/**
 * One row of a job's matrix: Linux, the version this machine has or else the newest, the first of everything
 * else. Axes named in `spread` stand for parts of the repository, and all of their values are kept.
 */
export function rowsOf(strategy: unknown, machine: Machine, spread: ReadonlySet<string>): Row[] {
  const matrix = (strategy as { matrix?: unknown } | undefined)?.matrix;
  if (matrix === undefined || matrix === null) return [{}];
  if (typeof matrix !== "object") return [{ "*": UNKNOWN_MATRIX }];
  const { include, exclude, ...axes } = matrix as Record<string, unknown>;
  const known = Object.entries(axes).filter((axis): axis is [string, unknown[]] => Array.isArray(axis[1]));
  const isOpen = known.length < Object.keys(axes).length;
  const base = combine(known.map(([name, values]) => [name, inOrder(name, values, machine)]));
  const rows = extend(
    base.filter((row) => !listOf(exclude).some((one) => matches(row, one))),
    listOf(include),
  );
  const linux = rows.filter(isLinux);
  const best = known.length === 0 ? plainest(linux, machine) : linux.toSorted((a, b) => odd(a) - odd(b))[0];
  if (best === undefined) return rows.length === 0 ? [{ "*": UNKNOWN_MATRIX }] : [];
  const same = linux.filter((row) => agree(row, best, spread));
  const kept = spread.size === 0 ? [best] : dedupe(same, spread).slice(0, 8);
  return isOpen ? kept.map((row) => ({ ...row, "*": UNKNOWN_MATRIX })) : kept;
}

/** Rows with fewer extras stand for the usual case. */
function odd(row: Row): number {
  return Object.keys(row).length;
}

function combine(axes: [string, unknown[]][]): Row[] {
  if (axes.length === 0) return [];
  return axes.reduce<Row[]>(
    (rows, [name, values]) =>
      rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))).slice(0, MOST),
    [{}],
  );
}

/** GitHub's rule: an entry extends the rows it agrees with, or is a row of its own. */
function extend(base: Row[], include: Row[]): Row[] {
  const axes = new Set(base.flatMap((row) => Object.keys(row)));
  const rows = base.map((row) => ({ ...row }));
  const own: Row[] = [];
  for (const entry of include) {
    const fitting = rows.filter((row) =>
      Object.keys(entry).every((key) => !axes.has(key) || spell(row[key]) === spell(entry[key])),
    );
    for (const row of fitting) Object.assign(row, entry);
    if (fitting.length === 0) own.push(entry);
  }
  return [...rows, ...own];
}

function matches(row: Row, part: Row): boolean {
  return Object.entries(part).every(([key, value]) => spell(row[key]) === spell(value));
}

function agree(row: Row, best: Row, spread: ReadonlySet<string>): boolean {
  return Object.keys(best).every((key) => spread.has(key) || spell(row[key]) === spell(best[key]));
}

function dedupe(rows: Row[], spread: ReadonlySet<string>): Row[] {
  const seen = new Map<string, Row>();
  for (const row of rows) {
    const key = [...spread].map((name) => spell(row[name])).join("\0");
    if (!seen.has(key)) seen.set(key, row);
  }
  return [...seen.values()];
}

function listOf(value: unknown): Row[] {
  return Array.isArray(value)
    ? value.filter((one): one is Row => typeof one === "object" && one !== null)
    : [];
}

const OTHER_SYSTEM = /windows|macos|mac-|osx|darwin|freebsd|-arm\b|arm64|aarch64/i;

function isLinux(row: Row): boolean {
  return !Object.values(row).some((value) => OTHER_SYSTEM.test(spell(value)));
}

/** Of rows that are written one by one, the one with the fewest extras, and of those the newest. */
function plainest(rows: Row[], machine: Machine): Row | undefined {
  const fewest = Math.min(...rows.map((row) => Object.keys(row).length));
  const plain = rows.filter((row) => Object.keys(row).length === fewest);
  const axis = Object.keys(plain[0] ?? {}).find((key) => programOfAxis(key) !== undefined) ?? "";
  const newest = inOrder(
    axis,
    plain.map((row) => row[axis]),
    machine,
  )[0];
  return plain.find((row) => row[axis] === newest) ?? plain[0];
}

function inOrder(name: string, values: unknown[], machine: Machine): unknown[] {
  const flat = values.filter((value) => value !== null);
  if (/^(?:os|runner|platform|runs-on|image)$/i.test(name)) {
    return flat.toSorted((a, b) => Number(isUbuntu(b)) - Number(isUbuntu(a)));
  }
  const program = programOfAxis(name);
  if (program === undefined)
    return flat.toSorted((a, b) => Number(EDGE.test(spell(a))) - Number(EDGE.test(spell(b))));
  const here = machine.versions[program];
  return flat.toSorted((a, b) => rank(b, here) - rank(a, here));
}

function isUbuntu(value: unknown): boolean {
  return /ubuntu|linux/i.test(spell(value));
}

const EDGE = /lowest|minim|oldest|nightly|beta|\bdev\b|\bhead\b|canary/i;

const AXES: readonly [RegExp, string][] = [
  [/node/i, "node"],
  [/python|^py(?:ver)?$/i, "python3"],
  [/^go(?:[-_.]?version|lang)?$/i, "go"],
  [/java|jdk/i, "java"],
  [/ruby/i, "ruby"],
  [/^php/i, "php"],
  [/dotnet/i, "dotnet"],
  [/elixir/i, "elixir"],
  [/rust|toolchain|channel/i, "rustc"],
];

function programOfAxis(name: string): string | undefined {
  return AXES.find(([pattern]) => pattern.test(name))?.[1];
}

/** Higher is better: what is installed, then stable versions by number, then names such as `nightly`. */
function rank(value: unknown, here: string | undefined): number {
  const text = spell(value);
  if (/^(?:stable|lts|latest|current)/.test(text) || text.startsWith("lts/")) return 1e6;
  const match = /^\^?v?(\d+)(?:\.(\d+))?(?:\.(?:\d+|x))?$/.exec(text);
  if (match === null) return -1;
  const [, major = "0", minor] = match;
  const isHere =
    here !== undefined &&
    (here === text || here.startsWith(minor === undefined ? `${major}.` : `${major}.${minor}.`));
  return isHere ? 1e7 : Number(major) * 1_000 + Number(minor ?? 0);
}

function spell(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value ?? "");
}
