import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import module from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export type Asset = { url: string; type: string; bytes: Buffer; gzip: Buffer };
export type Assets = {
  files: Asset[];
  /** What the bare names in our modules and in the libraries mean. */
  importMap: string;
  style: string;
  icon: string;
  /** The first module, and all that it needs sooner or later. */
  entry: string;
  modules: string[];
};

const JAVASCRIPT = "text/javascript; charset=utf-8";
const BROWSER = join(import.meta.dirname, "browser");
const SDK = dirname(fileURLToPath(import.meta.resolve("@aicd/sdk")));
const LIBRARIES = { preact: "preact.js", "preact/hooks": "hooks.js" } as const;

/**
 * Everything a browser may read, in memory: our own modules without their types, the SDK's, Preact, the
 * style. The address names the content of them all, so it may be kept for ever.
 */
export function loadAssets(): Assets {
  const sources = new Map<string, { type: string; text: string }>();
  for (const [name, directory] of [
    ["app", BROWSER],
    ["sdk", SDK],
  ] as const) {
    for (const path of modulesIn(directory)) {
      const text = withoutTypes(readFileSync(path, "utf8"));
      sources.set(`${name}/${relative(directory, path)}`, { type: JAVASCRIPT, text });
    }
  }
  for (const [name, file] of Object.entries(LIBRARIES)) {
    const text = readFileSync(fileURLToPath(import.meta.resolve(name)), "utf8");
    sources.set(file, { type: JAVASCRIPT, text: text.replace(/\n\/\/# sourceMappingURL=.*/, "") });
  }
  for (const [name, type] of Object.entries(PLAIN)) {
    sources.set(name, { type, text: readFileSync(join(import.meta.dirname, name), "utf8") });
  }
  return addressed(sources);
}

const PLAIN = { "style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml" } as const;

function modulesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(directory, path).startsWith("generate/"))
    .sort();
}

/** Stripping leaves blanks where types were, which nobody needs to download. */
function withoutTypes(source: string): string {
  // What is published for older Nodes, which cannot, comes without types.
  const strip = module.stripTypeScriptTypes ?? ((text: string) => text);
  return quietly(() => strip(source))
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\n{2,}/g, "\n");
}

/** Node warns that this very function may change. It is pinned, and nothing that an operator could act on. */
function quietly<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function addressed(sources: Map<string, { type: string; text: string }>): Assets {
  const hash = createHash("sha256");
  for (const [name, { text }] of sources) hash.update(`${name}\0${text}\0`);
  const root = `/assets/${hash.digest("base64url").slice(0, 22)}`;
  const files = [...sources].map(([name, { type, text }]) => {
    const bytes = Buffer.from(text);
    return { url: `${root}/${name}`, type, bytes, gzip: gzipSync(bytes, { level: 9 }) };
  });
  const names = { ...LIBRARIES, "@aicd/sdk": "sdk/index.ts" };
  const imports = Object.fromEntries(Object.entries(names).map(([name, file]) => [name, `${root}/${file}`]));
  return {
    files,
    importMap: JSON.stringify({ imports }),
    style: `${root}/style.css`,
    icon: `${root}/icon.svg`,
    entry: `${root}/app/main.ts`,
    modules: files.filter(({ type }) => type === JAVASCRIPT).map(({ url }) => url),
  };
}
