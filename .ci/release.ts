import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COORDINATES } from "../packages/core/src/coordinates.ts";

/**
 * `node .ci/release.ts v1.2.3 [FILE]`: refuses a tag that is not what this tree would be released as, and writes
 * what is new, for users, to FILE. `.github/workflows/release.yml` begins with it; it changes nothing.
 */
const ROOT = join(import.meta.dirname, "..");
const PACKAGES = ["package.json", "packages/cli/package.json", "packages/sdk/package.json"];
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

const [tag = "", file] = process.argv.slice(2);
const problems = problemsOf(tag);
if (problems.length > 0) {
  process.stderr.write(
    `${tag || "No tag"} cannot be released:\n${problems.map((one) => `- ${one}\n`).join("")}`,
  );
  process.exit(1);
}
const notes = newIn(tag.slice(1)) ?? "";
if (file !== undefined) writeFileSync(file, notes);
else process.stdout.write(notes);
if (process.env.GITHUB_OUTPUT) appendFileSync(process.env.GITHUB_OUTPUT, `major=${COORDINATES.major}\n`);

function problemsOf(name: string): string[] {
  const [, version = "", major] = /^v((\d+)\.\d+\.\d+)$/.exec(name) ?? [];
  if (version === "") return ["a release is tagged `vX.Y.Z`"];
  const others = PACKAGES.filter((path) => JSON.parse(read(path)).version !== version);
  return [
    ...others.map((path) => `the version in ${path} is another: set it to ${version}`),
    ...(newIn(version) === undefined ? [`.github/CHANGELOG.md has no section \`## ${version}\``] : []),
    ...(`v${major}` === COORDINATES.major
      ? []
      : [`workflows name ${COORDINATES.major}: change \`major\` in packages/core/src/coordinates.ts`]),
  ];
}

/** The section of a version; undefined where there is none or nothing in it. */
function newIn(version: string): string | undefined {
  const section = read(".github/CHANGELOG.md")
    .split(/^## /m)
    .find((text) => text.startsWith(`${version}\n`));
  const text = section?.slice(version.length).trim();
  return text ? `${text}\n` : undefined;
}
