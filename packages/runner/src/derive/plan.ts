/** What a command is for. Tests, types and lint are checks; the others prepare. */
export type Kind = "install" | "build" | "test" | "types" | "lint";
export type Ecosystem =
  | "node"
  | "python"
  | "go"
  | "rust"
  | "maven"
  | "gradle"
  | "dotnet"
  | "ruby"
  | "php"
  | "elixir"
  | "scala"
  | "native"
  | "deno"
  | "task";

/** One line for a shell in the root of the checkout, and where in the repository it was found. */
export type Command = { run: string; from: string; kind: Kind; ecosystem: Ecosystem };

/**
 * How a repository prepares and proves itself. `notes` are sentences for people: what was left out, and why.
 * `missing` are programs without which nothing of it can be proven here.
 */
export type Commands = {
  setup: Command[];
  checks: Command[];
  notes: string[];
  missing: string[];
};

/** The files of a commit, as far as they tell how it is built. */
export type Repository = {
  paths: readonly string[];
  has(path: string): boolean;
  /** Undefined: not there, or none of the files that tell. */
  text(path: string): string | undefined;
};

/** What is known of the machine and of the checkout on it before any command has run. */
export type Machine = {
  has(program: string): boolean;
  /** Directories with installed dependencies that are in the checkout already, e.g. `node_modules`. */
  installed: readonly string[];
  /** By program: `node` → `24.1.0`. */
  versions: Readonly<Partial<Record<string, string>>>;
};

export const NOTHING: Commands = { setup: [], checks: [], notes: [], missing: [] };
