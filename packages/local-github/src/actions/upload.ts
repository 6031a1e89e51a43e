import { lstat, readdir, readFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import type { JobArtifact, WorkflowJob } from "../world/run.ts";
import type { World } from "../world/world.ts";
import type { JobLog } from "./commands.ts";

const INPUTS = new Set(["name", "path", "retention-days", "if-no-files-found"]);

/**
 * What `actions/upload-artifact` v4 does: the files at `path` become an artifact of the run, whose names are unique
 * in it. Patterns and several paths are not read here.
 */
export async function upload(
  world: World,
  job: WorkflowJob,
  inputs: Record<string, string>,
  at: { workspace: string; log: JobLog },
): Promise<number> {
  for (const name of Object.keys(inputs)) {
    if (!INPUTS.has(name))
      throw new Error(`actions/upload-artifact: the input "${name}" is not supported by this local runner`);
  }
  const { name = "artifact", path = "", "if-no-files-found": none = "warn" } = inputs;
  if (/[*?[\n]/.test(path))
    throw new Error(`actions/upload-artifact: "path: ${path}" is not supported by this local runner`);
  const files = path === "" ? [] : await filesAt(resolve(at.workspace, path));
  if (files.length === 0) {
    const level = none === "error" ? "error" : "warning";
    at.log.write(
      `::${level}::No files were found with the provided path: ${path}. No artifacts will be uploaded.`,
    );
    return none === "error" ? 1 : 0;
  }
  if (job.run.jobs.some(({ artifacts }) => artifacts.some((each) => each.name === name))) {
    at.log.write(
      "::error::Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run",
    );
    return 1;
  }
  job.artifacts.push({ ...world.mint("artifact"), name, files, createdAt: world.now() });
  return 0;
}

/** One file under its own name, or all below a directory. */
async function filesAt(place: string): Promise<JobArtifact["files"]> {
  const info = await lstat(place).catch(() => undefined);
  if (info?.isFile()) return [{ path: basename(place), content: await readFile(place) }];
  if (!info?.isDirectory()) return [];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isFile() && !entry.name.startsWith("."));
  return Promise.all(
    found.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: relative(place, path), content: await readFile(path) };
    }),
  );
}
