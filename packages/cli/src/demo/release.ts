import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COORDINATES } from "@aicd/core";
import type { LocalGitHub } from "@aicd/local-github";
import { version } from "../version.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** What a runner reads of the tagged tree. */
const FILES = ["action.yml", "action/dist"];

/**
 * Puts a release of this product on a GitHub as `.github/workflows/release.yml` does: the repository by its
 * published name, the tag of the version, and the one that moves. Workflows find it there by what stands behind
 * their `uses:`, and in no other way.
 *
 * @param scratch a folder that is made and may be removed afterwards
 */
export async function publishRelease(github: LocalGitHub, scratch: string): Promise<void> {
  const { owner, repository, major } = COORDINATES;
  await mkdir(join(scratch, "action"), { recursive: true });
  for (const file of FILES) await cp(join(ROOT, file), join(scratch, file), { recursive: true });
  await github.createOrganization(owner);
  await github.createRepository(owner, repository, { from: scratch, tags: [`v${version()}`, major] });
}
