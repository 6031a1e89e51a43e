import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, writeManifest } from "./manifest.ts";

const SOURCES = join(ROOT, "packages/sdk/src");

/** The SDK as plain modules with their types, for Node and browsers alike; it needs nothing else. */
export async function layOutSdk(directory: string): Promise<void> {
  const files = readdirSync(SOURCES).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      // Fetch, streams and URL are what browsers and Node share.
      lib: ["es2022", "dom", "dom.iterable"],
      target: "es2022",
      types: [],
      rootDir: SOURCES,
      outDir: join(directory, "dist"),
    },
    include: [],
    files: files.map((name) => join(SOURCES, name)),
  };
  const project = join(directory, "tsconfig.json");
  writeFileSync(project, JSON.stringify(config));
  execFileSync("tsc", ["--project", project], { cwd: ROOT, stdio: "inherit" });
  // A type file of another package may not name its neighbours by `.ts`.
  for (const name of readdirSync(join(directory, "dist")).filter((one) => one.endsWith(".d.ts"))) {
    const path = join(directory, "dist", name);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(/(["']\.\/[\w./-]+)\.ts(["'])/g, "$1.js$2"));
  }
  writeManifest(directory, "packages/sdk", {
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    sideEffects: false,
    files: ["dist"],
  });
}
