import { ofPython } from "./python.ts";

export type Commands = { setup: string[]; checks: string[] };

/** Reads a file of the checkout; undefined when it is not there. */
export type ReadFile = (path: string) => Promise<string | undefined>;

type Ecosystem = {
  /** Its presence says that the ecosystem is used. */
  file: string;
  commands(content: string, read: ReadFile): Promise<Commands> | Commands;
};

/** How each ecosystem prepares and proves itself; every one found contributes its commands. */
const ECOSYSTEMS: readonly Ecosystem[] = [
  { file: "package.json", commands: ofNode },
  { file: "go.mod", commands: () => ({ setup: [], checks: ["go vet ./...", "go test -v ./..."] }) },
  { file: "Cargo.toml", commands: () => ({ setup: [], checks: ["cargo test"] }) },
  { file: "pom.xml", commands: (_, read) => wrapped(read, "mvnw", "mvn", "--batch-mode test") },
  { file: "build.gradle", commands: (_, read) => wrapped(read, "gradlew", "gradle", "test") },
  { file: "build.gradle.kts", commands: (_, read) => wrapped(read, "gradlew", "gradle", "test") },
  { file: "Gemfile", commands: ofRuby },
  { file: "composer.json", commands: ofPhp },
  { file: "mix.exs", commands: () => ({ setup: ["mix deps.get"], checks: ["mix test"] }) },
  { file: "deno.json", commands: () => ({ setup: [], checks: ["deno test --allow-all"] }) },
  { file: "deno.jsonc", commands: () => ({ setup: [], checks: ["deno test --allow-all"] }) },
];

/** A Makefile is asked only when nothing more telling is there. */
const MAKE_TARGETS = ["check", "test"] as const;

const DOTNET = /^(?:[^/]+\/){0,2}[^/]+\.(?:sln|slnx|csproj|fsproj)$/;

/**
 * Commands found in the repository, for the kinds its settings leave out.
 *
 * @param paths all its files, for the kinds that no single name gives away
 */
export async function detect(read: ReadFile, paths: readonly string[] = []): Promise<Commands> {
  const setup = new Set<string>();
  const checks = new Set<string>();
  for (const ecosystem of ECOSYSTEMS) {
    const content = await read(ecosystem.file);
    if (content === undefined) continue;
    const found = await ecosystem.commands(content, read);
    for (const command of found.setup) setup.add(command);
    for (const command of found.checks) checks.add(command);
  }
  const dotnet = paths.some((path) => DOTNET.test(path)) || (await read("global.json")) !== undefined;
  if (dotnet) checks.add("dotnet test");
  const python = await ofPython(read, paths);
  for (const command of python.setup) setup.add(command);
  // Scripts with a test beside them are everywhere; they count where nothing else speaks.
  const lonely = python.checks.filter((command) => !command.includes("unittest") || checks.size === 0);
  for (const command of lonely) checks.add(command);
  if (checks.size === 0) {
    const makefile = (await read("Makefile")) ?? "";
    const target = MAKE_TARGETS.find((name) => new RegExp(`^${name}:`, "m").test(makefile));
    if (target !== undefined) checks.add(`make ${target}`);
  }
  return { setup: [...setup], checks: [...checks] };
}

const NODE_SCRIPTS = ["typecheck", "lint", "test"] as const;
const LOCKS = [
  { file: "pnpm-lock.yaml", tool: "pnpm", install: "pnpm install --frozen-lockfile" },
  { file: "yarn.lock", tool: "yarn", install: "yarn install --frozen-lockfile" },
  { file: "bun.lock", tool: "bun", install: "bun install --frozen-lockfile" },
  { file: "bun.lockb", tool: "bun", install: "bun install --frozen-lockfile" },
  { file: "npm-shrinkwrap.json", tool: "npm", install: "npm ci --no-audit --no-fund" },
  { file: "package-lock.json", tool: "npm", install: "npm ci --no-audit --no-fund" },
] as const;

async function ofNode(content: string, read: ReadFile): Promise<Commands> {
  const manifest = parseJson(content);
  const locks = await Promise.all(
    LOCKS.map(async (lock) => ((await read(lock.file)) === undefined ? [] : [lock])),
  );
  const lock = locks.flat()[0];
  const needsInstall = ["dependencies", "devDependencies"].some((key) => sizeOf(manifest[key]) > 0);
  const scripts = manifest.scripts;
  const known = NODE_SCRIPTS.filter((name) => isScript(scripts, name));
  const tool = lock?.tool ?? "npm";
  return {
    setup: needsInstall && lock !== undefined ? [lock.install] : [],
    checks: known.map((name) => (name === "test" ? `${tool} test` : `${tool} run ${name}`)),
  };
}

/** npm's own placeholder fails by design and is no check. */
function isScript(scripts: unknown, name: string): boolean {
  if (typeof scripts !== "object" || scripts === null) return false;
  const text: unknown = Object.entries(scripts).find(([key]) => key === name)?.[1];
  return typeof text === "string" && !text.includes("no test specified");
}

async function ofRuby(content: string): Promise<Commands> {
  return {
    setup: ["bundle install --quiet"],
    checks: content.includes("rspec") ? ["bundle exec rspec"] : ["bundle exec rake test"],
  };
}

async function ofPhp(content: string, read: ReadFile): Promise<Commands> {
  const { scripts } = parseJson(content);
  const setup = ["composer install --no-interaction --quiet"];
  if (isScript(scripts, "test")) return { setup, checks: ["composer test"] };
  const configured = (await read("phpunit.xml")) ?? (await read("phpunit.xml.dist"));
  const used = configured !== undefined || content.includes("phpunit/phpunit");
  return { setup, checks: used ? ["vendor/bin/phpunit"] : [] };
}

/** A wrapper in the repository names its own version and is taken before what the machine has. */
async function wrapped(read: ReadFile, wrapper: string, tool: string, rest: string): Promise<Commands> {
  const program = (await read(wrapper)) === undefined ? tool : `./${wrapper}`;
  return { setup: [], checks: [`${program} ${rest}`] };
}

function parseJson(content: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // A broken manifest names no commands; its own tools will say what is wrong with it.
    return {};
  }
}

function sizeOf(value: unknown): number {
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}
