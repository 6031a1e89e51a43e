import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BRANCHES, type Change, type Place, withRepository } from "./repository-of-change.ts";

const OPTIONS = ["--binary", "--full-index", "--no-renames", "--no-signature", "--no-stat"] as const;

/** A ChangeSet as the patch of one commit, which `git am` and `git apply` take. git itself makes it. */
export async function makePatch(place: Place, change: Change): Promise<Buffer> {
  return withRepository(place, change, async (home, git) => {
    const out = join(home, "out");
    await git(["format-patch", "-1", "--quiet", ...OPTIONS, "--output-directory", out, BRANCHES.work]);
    const [file = ""] = await readdir(out);
    return readFile(join(out, file));
  });
}
