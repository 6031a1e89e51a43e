import { dirname } from "node:path";
import { AicdError, type FileMode } from "@aicd/core";
import type { Git } from "./git.ts";
import type { LeftOut } from "./left-out.ts";
import { decodeName, fieldsOf, spellName } from "./names.ts";
import { dangles, findOddities, type Oddities, whyOdd } from "./odd.ts";

/** The working tree as git takes it, and what git does not take. */
export type WorkingTree = {
  /** Takes all that can be taken into the index. @returns the tree, and what would not go in */
  record(start: ReadonlyMap<string, FileMode>, written: ReadonlySet<string>): Promise<Recorded>;
  /** What git leaves out without a word: all of it now, to be compared with later. */
  look(start: ReadonlyMap<string, FileMode>): Promise<Look>;
};
export type Recorded = { tree: string; leftOut: Omit<LeftOut, "meant">[] };
export type Look = Oddities & {
  /** Files in ignored folders that have tracked ones beside them. */
  ignored: Set<string>;
};

/** A name nobody has: whether git ignores it tells whether it ignores the folder or just some names in it. */
const PROBE = "aicd-probe-5c1e";

export function createWorkingTree(git: Git, root: string): WorkingTree {
  /** Of paths, those in a folder that is ignored as such. */
  async function inIgnoredFolder(paths: readonly string[]): Promise<string[]> {
    const probes = new Set(paths.map((path) => `${dirname(path)}/${PROBE}`));
    const ignored = new Set(await ignoredOf([...probes]));
    return paths.filter((path) => ignored.has(`${dirname(path)}/${PROBE}`));
  }

  async function ignoredOf(paths: readonly string[]): Promise<string[]> {
    if (paths.length === 0) return [];
    const input = `${paths.join("\0")}\0`;
    // 1: none of them. 128: one lies behind a link or in a submodule, which is told about elsewhere.
    const out = await git.run(["check-ignore", "-z", "--stdin"], { input, fine: [1, 128] });
    return [...fieldsOf(out)].map(String);
  }

  async function listOthers(...extra: string[]): Promise<Buffer[]> {
    return [...fieldsOf(await git.run(["ls-files", "-z", "--others", "--exclude-standard", ...extra]))];
  }

  /** What an agent wrote where git ignores the folder although the repository keeps files in it. */
  async function force(start: ReadonlyMap<string, FileMode>, written: ReadonlySet<string>) {
    const outside = [...written].filter((path) => submoduleOf(start, path) === undefined);
    const ignored = await ignoredOf(outside);
    const folders = foldersOf(start);
    const wanted = new Set(
      (await inIgnoredFolder(ignored)).filter((path) => folders.has(dirname(path)) && path.includes("/")),
    );
    if (wanted.size > 0) {
      const input = [...wanted].map((path) => `:(literal)${path}\0`).join("");
      await git.run(["add", "--force", "--ignore-errors", ...FROM_INPUT], { input, fine: [1] });
    }
    return ignored
      .filter((path) => !wanted.has(path))
      .map((path) => ({ path, why: "the repository's ignore rules leave it out" }));
  }

  return {
    async record(start, written) {
      // A repository inside this one is no part of it, whether it has a commit or not.
      const nested = (await listOthers()).filter((path) => path.at(-1) === SLASH);
      const input = Buffer.concat([
        Buffer.from(".\0"),
        ...nested.flatMap((path) => [EXCLUDE, path.subarray(0, -1), Buffer.from([0])]),
      ]);
      const leftOut: Recorded["leftOut"] = [];
      try {
        await git.run(["add", "--all", "--ignore-errors", ...FROM_INPUT], { input });
      } catch (error) {
        // It took the rest. When nothing odd explains it, it is no oddity.
        leftOut.push(...(await refused(git, root, listOthers)));
        if (leftOut.length === 0) throw error;
      }
      leftOut.push(...nested.map((path) => ({ path: spellName(path.subarray(0, -1)), why: NESTED })));
      leftOut.push(...(await force(start, written)));
      const links = await newDanglingLinks(git, root, start);
      if (links.length > 0) {
        const drop = ["update-index", "--force-remove", "-z", "--stdin"];
        await git.run(drop, { input: Buffer.concat(links.flatMap((path) => [path, Buffer.from([0])])) });
      }
      const why = "it is a link that leads nowhere";
      leftOut.push(...links.map((path) => ({ path: spellName(path), why })));
      return { tree: (await git.run(["write-tree"])).toString().trim(), leftOut };
    },
    async look(start) {
      const folders = foldersOf(start);
      const ignored = (await listOthers("--ignored", "--directory"))
        .flatMap((bytes) => decodeName(bytes) ?? [])
        .filter((path) => !path.endsWith("/") && path.includes("/") && folders.has(dirname(path)));
      const submodules = new Set([...start].flatMap(([path, mode]) => (mode === "160000" ? path : [])));
      const odd = await findOddities(root, submodules);
      return { ...odd, ignored: new Set(await inIgnoredFolder(ignored)) };
    },
  };
}

const FROM_INPUT = ["--pathspec-from-file=-", "--pathspec-file-nul"] as const;
const EXCLUDE = Buffer.from(":(exclude,literal)");
const SLASH = 47;
const NESTED = "it is a repository of its own";

/** What `git add` would not take; throws for a file that anybody could have read, which is our trouble. */
async function refused(
  git: Git,
  root: string,
  listOthers: () => Promise<Buffer[]>,
): Promise<Recorded["leftOut"]> {
  const stale = await git.run(["diff-files", "-z", "--name-only", "--ignore-submodules=all"]);
  const others = (await listOthers()).filter((path) => path.at(-1) !== SLASH);
  const found: Recorded["leftOut"] = [];
  for (const bytes of [...others, ...fieldsOf(stale)]) {
    const path = decodeName(bytes);
    const name = spellName(bytes);
    const why = path === undefined ? "its name is not UTF-8" : await whyOdd(root, path);
    if (why === undefined)
      throw new AicdError("broken", `git could not read \`${name}\` in the working tree.`);
    found.push({ path: name, why });
  }
  return found;
}

async function newDanglingLinks(
  git: Git,
  root: string,
  start: ReadonlyMap<string, FileMode>,
): Promise<Buffer[]> {
  const links: Buffer[] = [];
  for (const row of fieldsOf(await git.run(["ls-files", "-z", "--stage"]))) {
    if (row.subarray(0, 6).toString() !== "120000") continue;
    const bytes = row.subarray(row.indexOf("\t") + 1);
    const path = decodeName(bytes);
    if (path !== undefined && !start.has(path) && (await dangles(root, path))) links.push(bytes);
  }
  return links;
}

/** The submodule a path lies in. */
export function submoduleOf(start: ReadonlyMap<string, FileMode>, path: string): string | undefined {
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
    const folder = path.slice(0, at);
    if (start.get(folder) === "160000") return folder;
  }
  return undefined;
}

function foldersOf(start: ReadonlyMap<string, FileMode>): Set<string> {
  return new Set([...start.keys()].map((path) => dirname(path)));
}
