import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./manifest.ts";
import { fileOfModule } from "./placed.ts";

/** What is read while it runs, by its place in the repository. */
const READ = [
  "action.yml",
  "action/dist",
  "control-plane/src/dashboard/browser",
  "control-plane/src/dashboard/icon.svg",
  "control-plane/src/dashboard/style.css",
  "packages/cli/example",
  "packages/cli/package.json",
  "packages/cli/src/demo/screenshots/page.css",
  "packages/db/migrations",
  "packages/local-github/published",
];
/** What other packages hold for browsers, by the name the code asks for. */
const MODULES = [
  "preact",
  "preact/hooks",
  "@fastify/swagger-ui/static/swagger-ui-bundle.js",
  "@fastify/swagger-ui/static/swagger-ui.css",
  "@fastify/swagger-ui/static/favicon-32x32.png",
];

/** Copies them. Browsers' modules go without types: an older Node cannot take them out while it runs. */
export function copyTree(tree: string): void {
  for (const path of READ) {
    const filter = (source: string) => !/\.test\.ts$|\/tsconfig\.json$/.test(source);
    cpSync(join(ROOT, path), join(tree, path), { recursive: true, filter });
  }
  copySdk(join(tree, "packages/sdk/src"));
  withoutTypes(join(tree, "control-plane/src/dashboard/browser"));
  for (const name of MODULES) {
    mkdirSync(join(tree, "modules"), { recursive: true });
    cpSync(moduleOf(name), join(tree, "modules", fileOfModule(name)));
  }
}

function copySdk(to: string): void {
  const from = join(ROOT, "packages/sdk/src");
  cpSync(from, to, { recursive: true, filter: (path) => !/\.test\.ts$|\/generate$/.test(path) });
  withoutTypes(to);
}

function withoutTypes(directory: string): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const path = join(entry.parentPath, entry.name);
    writeFileSync(path, stripTypeScriptTypes(readFileSync(path, "utf8")));
  }
}

function moduleOf(name: string): string {
  // The control plane's own dependencies, wherever npm has put them.
  return fileURLToPath(
    import.meta.resolve(name, new URL("../../../control-plane/src/main.ts", import.meta.url)),
  );
}
