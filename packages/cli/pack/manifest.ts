import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../../..");
/** The oldest Node that what is published runs on. */
const NODE = ">=20.18";

/** Writes the `package.json` of what is published; name, version and words are the workspace's own. */
export function writeManifest(directory: string, workspace: string, more: Record<string, unknown>): void {
  const own = JSON.parse(readFileSync(join(ROOT, workspace, "package.json"), "utf8"));
  const { name, version, description, license, repository } = own;
  const manifest = {
    name,
    version,
    description,
    license,
    repository,
    type: "module",
    engines: { node: NODE },
    ...more,
  };
  writeFileSync(join(directory, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(ROOT, "LICENSE"), join(directory, "LICENSE"));
  copyFileSync(join(ROOT, workspace, "README.md"), join(directory, "README.md"));
}
