import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The licences of all packages that modules of a bundle come from, as their terms ask for. */
export function licences(modules: readonly string[]): string {
  const packages = new Set(
    modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []),
  );
  return [...packages].sort().map(licenceOf).join("\n\n");
}

function licenceOf(directory: string): string {
  const manifest = join(directory, "package.json");
  const { name, version, license } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")) : {};
  const file = readdirSync(directory).find((one) => /^licen[cs]e(?:\.|$|-)/i.test(one));
  const text = file === undefined ? "" : readFileSync(join(directory, file), "utf8").trim();
  return [`${name} ${version} (${license ?? "see below"})`, text].join("\n").trim();
}
