import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AicdError } from "@aicd/core";
import { createGit, type Git } from "./git.ts";

export type Checkout = {
  workspaceDir: string;
  /** git with a directory of our own, out of the agent's reach; its work tree is the workspace. */
  trusted: Git;
};

export type PrepareOptions = {
  /** A clone of the repository whose `origin` has the commits. */
  workspaceDir: string;
  tempDir: string;
  path: string;
  startSha: string;
  baseSha: string;
  /** Access to `origin`, e.g. GIT_CONFIG_COUNT with an extra header. Used for fetching only. */
  gitEnv: Record<string, string>;
};

/** Read by every git of ours; nothing of the machine's or the repository's configuration is. */
const CONFIG = `[safe]
\tdirectory = *
[core]
\thooksPath = /dev/null
\tfsmonitor = false
\tautocrlf = false
[protocol]
\tversion = 2
\tallow = never
[protocol "https"]
\tallow = always
[protocol "http"]
\tallow = always
[protocol "file"]
\tallow = always
[uploadpack]
\tallowAnySHA1InWant = true
[gc]
\tauto = 0
[maintenance]
\tauto = false
[advice]
\taddEmbeddedRepo = false
\tdetachedHead = false
`;

/**
 * What running tests leaves behind. Many repositories rely on a contributor's own ignore file for it; in a
 * change it would be noise at best, and a binary file that nobody can review. Tracked files of these names
 * count as ever.
 */
const LEFTOVERS = [
  ...["__pycache__/", "*.py[cod]", ".pytest_cache/", ".mypy_cache/", ".ruff_cache/", ".hypothesis/"],
  ...[".tox/", ".nox/", ".coverage", "node_modules/", ".venv/", ".nyc_output/", ".gradle/", ".DS_Store"],
];

/** Older ones lack fixes for code execution by crafted repositories. */
const GIT_FLOOR = [2, 35] as const;

/**
 * Brings the workspace to `startSha` and copies what we need of it into a git directory of our own,
 * before any agent has run. From then on no git of ours reads the workspace's `.git`.
 */
export async function prepare(options: PrepareOptions): Promise<Checkout> {
  const { workspaceDir, tempDir, path, startSha, baseSha } = options;
  await mkdir(tempDir, { recursive: true });
  const global = join(tempDir, "gitconfig");
  const excludes = join(tempDir, "excludes");
  await writeFile(excludes, `${LEFTOVERS.join("\n")}\n`);
  await writeFile(global, `${CONFIG}[core]\n\texcludesFile = ${JSON.stringify(excludes)}\n`);
  const env = {
    HOME: tempDir,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: global,
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
  };
  const workspace = createGit({ cwd: workspaceDir, path, env });
  await checkVersion(workspace);
  for (const sha of new Set([startSha, baseSha])) {
    if (!(await has(workspace, sha))) await fetch(workspace, sha, options.gitEnv);
  }
  await workspace.run(["checkout", "--quiet", "--force", "--detach", startSha]);

  const gitDir = join(tempDir, "trusted.git");
  await workspace.run(["init", "--quiet", "--bare", "--template=", gitDir]);
  const bare = createGit({ cwd: gitDir, path, env });
  await bare.run(["fetch", "--quiet", "--depth=1", "--no-tags", workspaceDir, startSha, baseSha]);
  const trusted = createGit({
    cwd: workspaceDir,
    path,
    env: {
      ...env,
      GIT_DIR: gitDir,
      GIT_WORK_TREE: workspaceDir,
      GIT_INDEX_FILE: join(tempDir, "index"),
    },
  });
  await trusted.run(["read-tree", startSha]);
  return { workspaceDir, trusted };
}

async function checkVersion(git: Git): Promise<void> {
  const text = (await git.run(["--version"])).toString();
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(text)?.slice(1) ?? []).map(Number);
  const [floorMajor, floorMinor] = GIT_FLOOR;
  if (major > floorMajor || (major === floorMajor && minor >= floorMinor)) return;
  throw new AicdError(
    "broken",
    `git ${floorMajor}.${floorMinor} or newer is needed; this is ${text.trim()}.`,
  );
}

async function has(git: Git, sha: string): Promise<boolean> {
  try {
    await git.run(["cat-file", "-e", `${sha}^{commit}`]);
    return true;
  } catch {
    // Not fetched yet.
    return false;
  }
}

async function fetch(git: Git, sha: string, env: Record<string, string>): Promise<void> {
  await git.run(["fetch", "--quiet", "--depth=1", "--no-tags", "origin", sha], { env });
}
