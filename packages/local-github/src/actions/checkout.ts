import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { WorkflowJob } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { type Command, runProcess } from "./process.ts";

const INPUTS = new Set([
  "repository",
  "ref",
  "token",
  "path",
  "persist-credentials",
  "fetch-depth",
  "clean",
  "filter",
  "set-safe-directory",
  "show-progress",
  "lfs",
  "submodules",
  "fetch-tags",
]);
const UNSUPPORTED = { lfs: "false", submodules: "false", "fetch-tags": "false" } as const;

/**
 * What `actions/checkout` does: a fresh clone over HTTP with the given token. The token stays in the clone's
 * configuration afterwards unless `persist-credentials` says otherwise, exactly as there.
 */
export async function checkout(
  world: World,
  job: WorkflowJob,
  inputs: Record<string, string>,
  command: Omit<Command, "file" | "args">,
): Promise<number> {
  refuseUnknown(inputs);
  const { run } = job;
  const repository = inputs.repository || `${run.repository.owner.login}/${run.repository.name}`;
  const own = repository === `${run.repository.owner.login}/${run.repository.name}`;
  const ref = inputs.ref || (own ? run.sha : "HEAD");
  const directory = join(command.cwd, inputs.path ?? "");
  const token = inputs.token || job.token || "";
  const key = `http.${world.url}/.extraheader`;
  const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const depth = inputs["fetch-depth"] ?? "1";
  await mkdir(directory, { recursive: true });

  const git = (args: readonly string[]) =>
    runProcess({
      ...command,
      cwd: directory,
      env: { ...command.env, GIT_TERMINAL_PROMPT: "0" },
      file: "git",
      args,
    });
  const steps: string[][] = [
    ["init", "--quiet", "."],
    ["remote", "add", "origin", `${world.url}/${repository}`],
    ["config", "--local", "gc.auto", "0"],
    ["config", "--local", key, header],
    [
      "fetch",
      "--quiet",
      "--no-tags",
      ...(depth === "0" ? [] : [`--depth=${depth}`]),
      "origin",
      ...refspecs(ref, depth, run.ref),
    ],
    ["checkout", "--quiet", "--force", ...target(ref, own ? run.ref : undefined)],
    ...(inputs["persist-credentials"] === "false" ? [["config", "--local", "--unset-all", key]] : []),
  ];
  for (const step of steps) {
    const code = await git(step);
    if (code !== 0) return code;
  }
  return 0;
}

function refspecs(ref: string, depth: string, runRef: string): string[] {
  const everything = depth === "0" ? ["+refs/heads/*:refs/remotes/origin/*"] : [];
  if (/^[0-9a-f]{40}$/.test(ref)) {
    const branch = runRef.replace("refs/heads/", "");
    return depth === "0" ? everything : [`+${ref}:refs/remotes/origin/${branch}`];
  }
  return [...everything, `+${ref}:refs/remotes/origin/checkout`];
}

/** The run's own commit is checked out as its branch; anything else is detached. */
function target(ref: string, runRef: string | undefined): string[] {
  if (!/^[0-9a-f]{40}$/.test(ref)) return ["--detach", "refs/remotes/origin/checkout"];
  return runRef?.startsWith("refs/heads/")
    ? ["-B", runRef.slice("refs/heads/".length), ref]
    : ["--detach", ref];
}

function refuseUnknown(inputs: Record<string, string>): void {
  for (const [name, value] of Object.entries(inputs)) {
    if (!INPUTS.has(name))
      throw new Error(`actions/checkout: the input "${name}" is not supported by this local runner`);
    const only = UNSUPPORTED[name as keyof typeof UNSUPPORTED];
    if (only !== undefined && value !== only)
      throw new Error(`actions/checkout: "${name}: ${value}" is not supported by this local runner`);
  }
}
