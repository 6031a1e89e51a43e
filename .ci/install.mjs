// The last step of `npm ci`. Plain JavaScript: it may run on the machine's own Node, which may be older.
import { existsSync, linkSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const PINNED = 24;
const modules = join(import.meta.dirname, "..", "node_modules");
const installed = existsSync(modules) ? readdirSync(modules) : [];
const [pinned] = installed.filter((name) => /^node-(bin-)?(darwin|linux|win)-/.test(name));

// A tenth of everything is read by debuggers alone.
for (const entry of installed.length === 0
  ? []
  : readdirSync(modules, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && entry.name.endsWith(".map")) rmSync(join(entry.parentPath, entry.name));
}

if (pinned !== undefined) {
  // A third of the package are headers for compiling add-ons, which nothing here does.
  for (const part of ["include", "share", "CHANGELOG.md"]) {
    rmSync(join(modules, pinned, part), { recursive: true, force: true });
  }
  link(pinned);
} else if (existsSync(modules) && Number.parseInt(process.versions.node, 10) < PINNED) {
  process.stderr.write(
    `AI-CD runs on Node ${PINNED}, and npm has none for this system (musl, as in Alpine, or a rare processor): install Node ${PINNED} or later yourself, and set DATABASE_URL, for there is no Postgres for it either.\n`,
  );
  process.exitCode = 1;
}

/** npm 10 and earlier throw the link away with the packages of other platforms, which offer one of that name too. */
function link(name) {
  const isWindows = process.platform === "win32";
  const file = join(modules, ".bin", isWindows ? "node.exe" : "node");
  if (existsSync(file)) return;
  rmSync(file, { force: true });
  if (isWindows) linkSync(join(modules, name, "bin", "node.exe"), file);
  else symlinkSync(join("..", name, "bin", "node"), file);
}
