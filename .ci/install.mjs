// The last step of `npm ci`. Plain JavaScript: where no pinned Node could be installed, it runs on the machine's own.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const PINNED = 24;
const modules = join(import.meta.dirname, "..", "node_modules");

// A third of each Node package are headers for compiling add-ons, which nothing here does.
const installed = existsSync(modules) ? readdirSync(modules) : [];
for (const name of installed.filter((each) => /^node-(bin-)?(darwin|linux|win)-/.test(each))) {
  for (const part of ["include", "share", "CHANGELOG.md"]) {
    rmSync(join(modules, name, part), { recursive: true, force: true });
  }
}

if (Number.parseInt(process.versions.node, 10) < PINNED) {
  process.stderr.write(
    `AI-CD runs on Node ${PINNED}, and npm has none for this system (musl, as in Alpine, or a rare processor): install Node ${PINNED} or later yourself, and set DATABASE_URL, for there is no Postgres for it either.\n`,
  );
  process.exitCode = 1;
}
