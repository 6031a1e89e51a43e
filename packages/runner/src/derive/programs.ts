import type { Command, Ecosystem } from "./plan.ts";
import { programOf } from "./shell.ts";

/** Programs that a setup command can bring into the sandbox's own `~/.local/bin`, and how. */
const BROUGHT: Readonly<Record<string, (version?: string) => string>> = {
  pnpm: (version) => npmTool(`pnpm@${version ?? "latest"}`),
  yarn: (version) =>
    npmTool(version === undefined || version.startsWith("1.") ? "yarn@1" : `@yarnpkg/cli-dist@${version}`),
  bun: (version) => npmTool(`bun@${version ?? "latest"}`),
  just: () => npmTool("rust-just"),
  ...Object.fromEntries(
    ["uv", "poetry", "pdm", "hatch", "tox", "nox", "pipenv", "meson", "ninja"].map((name) => [
      name,
      () => pythonTool(name),
    ]),
  ),
};

/** Global, in a prefix of our own: the machine's is read-only in the sandbox. */
function npmTool(name: string): string {
  return `npm install --global --no-audit --no-fund --prefix "$HOME/.local" ${name}`;
}

function pythonTool(name: string): string {
  const home = '"$HOME/.local/share/aicd';
  return `python3 -m venv ${home}/${name}" && ${home}/${name}/bin/python" -m pip install --quiet ${name} && mkdir -p "$HOME/.local/bin" && ln -sf ${home}/${name}/bin/${name}" "$HOME/.local/bin/"`;
}

export function bring(program: string, version?: string): string | undefined {
  return Object.hasOwn(BROUGHT, program) ? BROUGHT[program]?.(version) : undefined;
}

/** What a person adds to the workflow for a program that only the machine can have. */
const STEPS: Readonly<Record<string, string>> = {
  node: "- uses: actions/setup-node@v6",
  npm: "- uses: actions/setup-node@v6",
  npx: "- uses: actions/setup-node@v6",
  python: "- uses: actions/setup-python@v6",
  python3: "- uses: actions/setup-python@v6",
  go: "- uses: actions/setup-go@v6",
  cargo: "- run: rustup toolchain install stable --profile minimal",
  java: "- uses: actions/setup-java@v5\n  with: { distribution: temurin, java-version: 21 }",
  mvn: "- run: sudo apt-get install --yes maven",
  gradle: "- uses: gradle/actions/setup-gradle@v5",
  sbt: "- uses: sbt/setup-sbt@v1",
  dotnet: "- uses: actions/setup-dotnet@v5",
  ruby: "- uses: ruby/setup-ruby@v1",
  bundle: "- uses: ruby/setup-ruby@v1",
  rake: "- uses: ruby/setup-ruby@v1",
  php: "- uses: shivammathur/setup-php@v2",
  composer: "- uses: shivammathur/setup-php@v2",
  mix: "- uses: erlef/setup-beam@v1",
  deno: "- uses: denoland/setup-deno@v2",
  task: "- uses: arduino/setup-task@v2",
  bazel: "- uses: bazel-contrib/setup-bazel@0.15.0",
  cmake: "- run: sudo apt-get install --yes cmake build-essential",
  ctest: "- run: sudo apt-get install --yes cmake build-essential",
  make: "- run: sudo apt-get install --yes build-essential",
  autoreconf: "- run: sudo apt-get install --yes autoconf automake libtool",
};

export function stepFor(program: string): string | undefined {
  return Object.hasOwn(STEPS, program) ? STEPS[program] : undefined;
}

/** What commands of an ecosystem need although they do not name it. */
const NEEDED: Readonly<Partial<Record<Ecosystem, readonly string[]>>> = {
  maven: ["java"],
  gradle: ["java"],
  scala: ["java"],
  ruby: ["ruby"],
  php: ["php"],
  python: ["python3"],
  node: ["node"],
  rust: ["cargo"],
};

const OWN = new Set([
  "cd",
  "set",
  "bash",
  "sh",
  "export",
  "source",
  ".",
  "[",
  "test",
  "true",
  "mkdir",
  "ln",
  "printf",
  "echo",
  "if",
  "for",
]);

/** Programs a command cannot do without; those of the repository itself and of its dependencies are not among them. */
export function programsOf({ run, ecosystem }: Command): string[] {
  if (/^(?:set -e\n|bash -e -c)/.test(run)) return [...(NEEDED[ecosystem] ?? [])];
  const named = run
    .split(/&&|\|\||;/)
    .map((part) => programOf(part.trim()))
    .filter((name) => /^[\w.+-]+$/.test(name) && !name.startsWith(".") && !OWN.has(name) && isKnown(name));
  return [...new Set([...named, ...(NEEDED[ecosystem] ?? [])])];
}

/** Others may come with the dependencies: `pytest`, `vitest`. */
function isKnown(name: string): boolean {
  return Object.hasOwn(STEPS, name) || Object.hasOwn(BROUGHT, name);
}
