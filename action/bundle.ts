import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Builds `dist` (or the directory named as the first argument): tsc emits this room and the packages it
 * uses, and ncc bundles the emitted JavaScript. The same sources give the same bytes on every machine.
 */
const room = import.meta.dirname;
const build = join(room, "build");
const dist = resolve(process.argv[2] ?? join(room, "dist"));

rmSync(build, { recursive: true, force: true });
rmSync(dist, { recursive: true, force: true });
execFileSync("tsc", ["--project", "tsconfig.build.json"], { cwd: room, stdio: "inherit" });
linkPackages();
execFileSync(
  "ncc",
  ["build", "build/action/src/main.js", "--out", dist, "--no-cache", "--minify", "--quiet"],
  {
    cwd: room,
    stdio: "inherit",
  },
);

/** The emitted files import packages by name; those names must lead to the emitted packages. */
function linkPackages(): void {
  const names = join(build, "node_modules", "@aicd");
  mkdirSync(names, { recursive: true });
  const manifest = JSON.stringify({ type: "module", exports: "./src/index.js", sideEffects: false });
  for (const name of readdirSync(join(build, "packages"))) {
    writeFileSync(join(build, "packages", name, "package.json"), manifest);
    symlinkSync(join("..", "..", "packages", name), join(names, name));
  }
  writeFileSync(join(build, "action", "package.json"), JSON.stringify({ type: "module" }));
}
