import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";

/**
 * Builds `dist` (or the directory named as the first argument): tsc emits this room and the packages it
 * uses, and ncc bundles the emitted JavaScript. The same sources give the same bytes on every machine.
 */
const room = import.meta.dirname;
const dist = resolve(process.argv[2] ?? join(room, "dist"));
const PACKAGES = ["agents", "code-index", "core", "github", "protocol", "runner"];

mkdirSync(join(room, "build"), { recursive: true });
// A directory of its own for each build, so that two at a time do not mix.
const build = mkdtempSync(join(room, "build", "emit-"));
try {
  emit();
  linkPackages();
  shareUndici();
  bundle();
} finally {
  rmSync(build, { recursive: true, force: true });
}

/** tsconfig.build.json names every file: what is only imported by a package's name is not always emitted. */
function emit(): void {
  execFileSync("tsc", ["--project", "tsconfig.build.json", "--outDir", build], {
    cwd: room,
    stdio: "inherit",
  });
}

/** The emitted files import packages by name; those names must lead to the emitted packages. */
function linkPackages(): void {
  const names = join(build, "node_modules", "@aicd");
  mkdirSync(names, { recursive: true });
  const manifest = JSON.stringify({
    type: "module",
    exports: { ".": "./src/index.js", "./*": "./src/*.js" },
    sideEffects: false,
  });
  for (const name of PACKAGES) {
    writeFileSync(join(build, "packages", name, "package.json"), manifest);
    symlinkSync(join("..", "..", "packages", name), join(names, name));
  }
  writeFileSync(join(build, "action", "package.json"), JSON.stringify({ type: "module" }));
}

/** npm gives two of GitHub's packages a copy each of the same undici, 0.4 MB of the bundle; here they share one. */
function shareUndici(): void {
  const actions = join(room, "..", "node_modules", "@actions");
  const copies = ["github", "http-client"].map((name) => join(actions, name, "node_modules", "undici"));
  const versions = copies.map((copy) => JSON.parse(readFileSync(join(copy, "package.json"), "utf8")).version);
  if (new Set(versions).size > 1)
    throw new Error(`@actions needs one undici, not ${versions.join(" and ")}.`);
  const modules = join(build, "node_modules");
  cpSync(copies[0] ?? "", join(modules, "undici"), { recursive: true });
  cpSync(actions, join(modules, "@actions"), {
    recursive: true,
    filter: (path) => basename(path) !== "undici",
  });
}

function bundle(): void {
  const out = join(build, "dist");
  const args = ["build", "action/src/main.js", "--out", out, "--no-cache", "--minify", "--quiet"];
  execFileSync("ncc", args, { cwd: build, stdio: "inherit" });
  for (const file of readdirSync(out)) {
    // ncc goes on without a module it cannot find and leaves this in its place.
    const lost = /eval\("require"\)\("\.[^"]*"\)/.exec(readFileSync(join(out, file), "utf8"));
    if (lost !== null) throw new Error(`${file} lacks a module: ${lost[0]}`);
  }
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  for (const file of readdirSync(out)) writeFileSync(join(dist, file), readFileSync(join(out, file)));
}
