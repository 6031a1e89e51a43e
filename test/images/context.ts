import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, matchesGlob } from "node:path";

/** Copies what a build would be given: what is committed, less what the file's `.dockerignore` leaves out. */
export function copyContext(root: string, ignoreFile: string, to: string): string[] {
  const rules = readFileSync(ignoreFile, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" })
    .split("\0")
    .filter((path) => path !== "" && isIn(path, rules));
  for (const path of files) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(root, path), join(to, path));
  }
  return files;
}

/** The last rule that speaks of a path, or of a folder it is in, decides. */
function isIn(path: string, rules: readonly string[]): boolean {
  const parts = path.split("/");
  const places = parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
  return rules.reduce((kept, rule) => {
    const pattern = rule.replace(/^!/, "");
    return places.some((place) => matchesGlob(place, pattern)) ? rule.startsWith("!") : kept;
  }, true);
}
