import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { appManifest } from "../../control-plane/src/setup/manifest.ts";
import { DEMO_APP } from "../../packages/cli/src/demo/app.ts";
import { stateDiagram, TASK_STATES } from "../../packages/core/src/index.ts";
import { ROOT, readSources, resolveImport, type Source } from "./imports.ts";

/** Who may import whom; every line points down. A room that is missing here fails the test. */
const MAY_IMPORT: Record<string, string[]> = {
  "packages/core": [],
  "packages/ops": [],
  "packages/db": ["core"],
  "packages/queue": [],
  "packages/github": ["core"],
  "packages/protocol": ["core"],
  "packages/agents": ["core"],
  "packages/code-index": ["core"],
  "packages/hetzner": [],
  "packages/local-github": [],
  "packages/local-stripe": [],
  "packages/sdk": [],
  "packages/runner": ["core", "protocol", "code-index"],
  app: ["core"],
  action: ["core", "protocol", "agents", "runner", "github"],
  "control-plane": [
    "agents",
    "app",
    "core",
    "db",
    "queue",
    "github",
    "hetzner",
    "code-index",
    "protocol",
    "runner",
    "ops",
    "sdk",
  ],
  "packages/cli": ["core", "agents", "code-index", "runner", "github", "local-github", "sdk"],
};

/** Clients are built in one place per room, and nowhere else. */
const CONSTRUCTED: { pattern: RegExp; only: RegExp }[] = [
  { pattern: /\bnew (?:pg\.)?Pool\(/, only: /^packages\/db\/src\/pool\.ts$/ },
  {
    pattern: /\bnew (?:\w*Reader|\w*Writer|Octokit|GitHub)\(|\bgetOctokit\(/,
    only: /^packages\/github\/src\/clients\.ts$/,
  },
  { pattern: /\bnew Stripe\(/, only: /^control-plane\/src\/wire\/stripe\.ts$/ },
  { pattern: /\bnew Probot\(/, only: /^control-plane\/src\/wire\/app\.ts$/ },
  { pattern: /\bnew (?:Queue|Worker)\(/, only: /^packages\/queue\/src\/(?:postgres|redis)\.ts$/ },
  { pattern: /\bnew QdrantClient\(/, only: /^packages\/code-index\/src\/qdrant\/client\.ts$/ },
  { pattern: /\bnew (?:IORedis|Redis)\(/, only: /^packages\/queue\/src\/redis\.ts$/ },
  {
    pattern: /\bnew (?:Anthropic|OpenAI)\(/,
    only: /^packages\/agents\/src\/models\/(?:anthropic|openai[a-z-]*)\.ts$/,
  },
  {
    pattern: /\b(?:createGitHubClients|createPool|createQueue|startEmbeddedPostgres)\(/,
    only: /^(?:control-plane\/src\/(?:wire\/[\w/-]+|migrate|intake\/intake)\.ts|packages\/(?:db|queue|github)\/src\/.+)$/,
  },
];

const sources = readSources();
const production = sources.filter((source) => !source.isTest);

describe("the rooms", () => {
  it.each([...new Set(sources.map((source) => source.room))])("%s is drawn on the map", (room) => {
    expect(Object.keys(MAY_IMPORT)).toContain(room);
  });

  it.each(Object.entries(MAY_IMPORT))("%s imports only what lies below it", (room, allowed) => {
    const wrong = production
      .filter((source) => source.room === room)
      .flatMap((source) =>
        source.imports
          .filter(({ specifier }) => specifier.startsWith("@aicd/"))
          .filter(({ specifier }) => !allowed.includes(specifier.split("/")[1] ?? ""))
          .map(({ specifier }) => `${source.path} → ${specifier}`),
      );

    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(MAY_IMPORT))(
    "%s imports all that it may: the map has no line too many",
    (room, allowed) => {
      const used = new Set(
        production
          .filter((source) => source.room === room)
          .flatMap((source) => source.imports.map(({ specifier }) => /^@aicd\/([^/]+)/.exec(specifier)?.[1])),
      );

      expect(allowed.filter((name) => !used.has(name))).toEqual([]);
    },
  );

  it("export only files that are there", () => {
    const wrong = Object.keys(MAY_IMPORT).flatMap((room) => {
      const manifest = JSON.parse(readFileSync(join(ROOT, room, "package.json"), "utf8"));
      return Object.values<string>(manifest.exports ?? {})
        .filter((file) => !existsSync(join(ROOT, room, file)))
        .map((file) => `${room} → ${file}`);
    });

    expect(wrong).toEqual([]);
  });

  it("do not reach into each other by path", () => {
    const wrong = production.flatMap((source) =>
      source.imports
        .filter(({ specifier }) => specifier.startsWith("."))
        .map(({ specifier }) => resolveImport(source, specifier))
        .filter((target) => !target.startsWith(`${source.room}/`))
        .map((target) => `${source.path} → ${target}`),
    );

    expect(wrong).toEqual([]);
  });

  it("declare what they import from each other", () => {
    const wrong = production.flatMap((source) => {
      const manifest = JSON.parse(readFileSync(join(ROOT, source.room, "package.json"), "utf8"));
      return source.imports
        .filter(({ specifier }) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
        .map(({ specifier }) =>
          specifier
            .split("/")
            .slice(0, specifier.startsWith("@") ? 2 : 1)
            .join("/"),
        )
        .filter(
          (name) =>
            manifest.dependencies?.[name] === undefined && manifest.devDependencies?.[name] === undefined,
        )
        .map((name) => `${source.path} → ${name}`);
    });

    expect(wrong).toEqual([]);
  });
});

describe("files", () => {
  it("form no import cycle", () => {
    expect(findCycle(production)).toBeUndefined();
  });

  it("of the local GitHub form none even by type: its state knows nobody who works on it", () => {
    const local = production.filter((source) => source.room === "packages/local-github");

    expect(findCycle(local, TYPES_TOO)).toBeUndefined();
  });

  it("read process.env in env.ts only", () => {
    const wrong = production
      .filter(
        (source) =>
          /\bprocess\.env\b/.test(withoutComments(source.text)) && !/(^|\/)env\.ts$/.test(source.path),
      )
      .map((source) => source.path);

    expect(wrong).toEqual([]);
  });

  it.each(CONSTRUCTED)("construct $pattern only where clients are made", ({ pattern, only }) => {
    const wrong = production
      .filter((source) => pattern.test(withoutComments(source.text)) && !only.test(source.path))
      .map((source) => source.path);

    expect(wrong).toEqual([]);
  });

  it("speak to nock through its wrapper only, which fails on unknown and unused calls", () => {
    const users = sources
      .filter((source) => source.imports.some(({ specifier }) => specifier === "nock"))
      .map((source) => source.path);

    expect(users).toEqual(["packages/github/src/testing/vendor.ts"]);
  });

  it("stay small: nothing over 300 lines", () => {
    const long = production
      .filter((source) => source.text.split("\n").length > 300 && !source.path.endsWith("/generated.ts"))
      .map((source) => source.path);

    expect(long).toEqual([]);
  });

  it("never name the private package but in its loader", () => {
    const wrong = sources
      .filter((source) => source.imports.some(({ specifier }) => specifier.includes("proprietary-ai")))
      .map((source) => source.path)
      .filter((path) => !path.startsWith("packages/agents/src/"));

    expect(wrong).toEqual([]);
  });
});

describe("core", () => {
  it("is pure: no clock, no chance, no environment, no I/O", () => {
    const wrong = production
      .filter((source) => source.room === "packages/core")
      .filter((source) =>
        /\bDate\.now\(|\bnew Date\(\)|Math\.random\(|process\.|from "node:(?!crypto"|zlib")/.test(
          source.text,
        ),
      )
      .map((source) => source.path);

    expect(wrong).toEqual([]);
  });
});

describe("the App", () => {
  it("of the demo and the tests is the one the manifest asks for", () => {
    const { default_permissions: permissions, default_events: events } = appManifest(
      "https://example.com",
      "x",
      { isPublic: false, workflows: false, fleet: false },
    );

    expect(DEMO_APP).toEqual({ permissions, events });
  });
});

describe("the README", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");

  it("shows the state machine as the table has it", () => {
    expect(readme).toContain(stateDiagram());
    for (const state of TASK_STATES) expect(readme).toContain(state);
  });

  it("begins with what it is and the two commands", () => {
    const head = readme.split("\n").slice(0, 20).join("\n");

    expect(head).toContain("npm ci && npm run demo");
    expect(head).toContain("npm ci && npm test");
  });
});

/** Types vanish at run time, so by default they close no cycle. */
const AT_RUN_TIME = ({ typeOnly }: Source["imports"][number]) => !typeOnly;
const TYPES_TOO = () => true;

/** A cycle as a list of files, or undefined. */
function findCycle(all: Source[], counts = AT_RUN_TIME): string[] | undefined {
  const edges = new Map(
    all.map((source) => [
      source.path,
      source.imports
        .filter((entry) => entry.specifier.startsWith(".") && counts(entry))
        .map(({ specifier }) => resolveImport(source, specifier)),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of edges.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of edges.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}
