import { constants } from "node:fs";
import { mkdir, open, readdir, rm, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { AicdError, type Workspace } from "@aicd/core";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { confine, tidy } from "./confine.ts";
import { spellName } from "./names.ts";
import type { Tree } from "./tree.ts";

const READ_BYTES = 4 * 1024 * 1024;
const LISTED_NAMES = 1_000;
const SEARCH_MS = 30_000;
const SEARCH_CHARACTERS = 24_000;

/** The checkout as agents see it, and the paths they wrote through it. */
export type CheckedWorkspace = Workspace & {
  readonly written: ReadonlySet<string>;
  /** Writes bytes as if the agent had written them; undefined takes the file away, also where there is none. */
  restore(path: string, content: Buffer | undefined): Promise<void>;
};

export function createWorkspace(deps: { root: string; sandbox: Sandbox; tree: Tree }): CheckedWorkspace {
  const { root, sandbox, tree } = deps;
  const written = new Set<string>();

  async function put(path: string, content: string | Buffer): Promise<void> {
    const place = await confine(root, path, "write");
    await mkdir(dirname(place), { recursive: true });
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    const file = await open(place, flags, 0o644);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    written.add(tidy(path));
  }

  return {
    written,
    async read(path) {
      const file = await open(await existing(root, path), constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const info = await file.stat();
        if (!info.isFile()) throw new AicdError("invalid", `\`${path}\` is not a file.`);
        if (info.size > READ_BYTES) throw new AicdError("too_large", `\`${path}\` is larger than 4 MB.`);
        const content = await file.readFile();
        if (content.includes(0)) throw new AicdError("invalid", `\`${path}\` is a binary file.`);
        return content.toString("utf8");
      } finally {
        await file.close();
      }
    },
    write: put,
    async restore(path, content) {
      if (content !== undefined) return put(path, content);
      await rm(await confine(root, path, "write"), { force: true });
      written.add(tidy(path));
    },
    async delete(path) {
      await existing(root, path);
      await unlink(await confine(root, path, "write"));
      written.add(tidy(path));
    },
    async list(path) {
      const place = await existing(root, path);
      const entries = await readdir(place, { withFileTypes: true, encoding: "buffer" });
      const names = entries
        .map((entry) => `${spellName(entry.name)}${entry.isDirectory() ? "/" : ""}`)
        .filter((name) => !/^\.git\/?$/.test(name))
        .sort();
      return names.length > LISTED_NAMES ? [...names.slice(0, LISTED_NAMES), "…"] : names;
    },
    async search(pattern, { path = ".", context = 0, literal = false }) {
      await existing(root, path);
      // In the sandbox: this git reads the workspace's own configuration, which the agent may have written.
      const options = ["--no-index", "--exclude-standard", "-I", "-n", "-i", "--no-color", "--max-depth=-1"];
      const syntax = literal ? "-F" : "-E";
      const argv = [
        "git",
        "--no-pager",
        "grep",
        ...options,
        syntax,
        `-C${context}`,
        "-e",
        pattern,
        "--",
        tidy(path),
      ];
      const limits = { timeoutMs: SEARCH_MS, maxCharacters: SEARCH_CHARACTERS };
      const { exitCode, output } = await sandbox.run(argv, limits);
      if (exitCode === 0) return output;
      if (exitCode === 1) return "";
      throw new AicdError("invalid", exitCode === null ? "The search took too long." : output.trim());
    },
    run(command, { timeoutMs, signal }) {
      return sandbox.run(["/bin/sh", "-c", command], { timeoutMs, signal });
    },
    diff: () => tree.diff(),
  };
}

/** The place of something that is there; a plain answer for the model when it is not. */
async function existing(root: string, path: string): Promise<string> {
  const place = await confine(root, path, "read");
  try {
    await stat(place);
  } catch {
    throw new AicdError("missing", `\`${path}\` does not exist.`);
  }
  return place;
}
