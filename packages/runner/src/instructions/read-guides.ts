import { type Guide, INSTRUCTION_PATHS } from "@aicd/core";
import { parse } from "yaml";
import type { Tree } from "../checkout/tree.ts";

/** A repository with more has them for people to choose from, and every one named costs in every call. */
const GUIDES = 40;
const ABOUT_CHARACTERS = 300;

/** Instructions of a folder, which hold below it: the same names as at the root. */
const OF_FOLDER = /^(.+)\/(?:AGENTS|CLAUDE)\.md$/;
/** Instructions for files by pattern, as Copilot reads them. */
const OF_PATTERN = /^\.github\/instructions\/.+\.instructions\.md$/;
/** A skill is a folder with a description on top of its file, wherever vendors look for them. */
const SKILL = /^(?:\.(?:claude|agents|codex|github)\/)skills\/[^/]+\/SKILL\.md$/;

/**
 * What the repository wrote for agents beside its instructions, by name: it is read where it is needed. One that is
 * other on the branch than in the base commit is left out: nobody with a say in the default branch wrote it so.
 */
export async function readGuides(
  tree: Pick<Tree, "files" | "show">,
  { baseSha, startSha }: { baseSha: string; startSha: string },
): Promise<Guide[]> {
  const paths = (await tree.files()).map(({ path }) => path).filter((path) => isGuide(path));
  const guides: Guide[] = [];
  const folders = new Set<string>();
  for (const path of paths.toSorted()) {
    if (guides.length === GUIDES) break;
    const folder = OF_FOLDER.exec(path)?.[1];
    // `AGENTS.md` sorts before the `CLAUDE.md` that usually says the same.
    if (folder !== undefined && folders.has(folder)) continue;
    const [text, started] = await Promise.all([tree.show(baseSha, path), tree.show(startSha, path)]);
    if (text === undefined || text !== started) continue;
    if (folder !== undefined) folders.add(folder);
    guides.push({ path, about: folder === undefined ? aboutOf(text) : `for all below ${folder}/` });
  }
  return guides;
}

function isGuide(path: string): boolean {
  if ((INSTRUCTION_PATHS as readonly string[]).includes(path)) return false;
  return SKILL.test(path) || OF_PATTERN.test(path) || (OF_FOLDER.test(path) && !isFixture(path));
}

/** Examples of instructions are nobody's. */
function isFixture(path: string): boolean {
  return /(?:^|\/)(?:fixtures?|__fixtures__|testdata|examples?|templates?|node_modules|vendor)\//i.test(path);
}

/** What stands on top of the file: for which files it is, or when it helps. */
function aboutOf(text: string): string {
  const { applyTo, description } = frontMatterOf(text);
  const words = [
    typeof applyTo === "string" ? `for ${applyTo}` : "",
    typeof description === "string" ? description : "",
  ];
  return words.filter(Boolean).join(": ").replaceAll(/\s+/g, " ").trim().slice(0, ABOUT_CHARACTERS);
}

function frontMatterOf(text: string): Record<string, unknown> {
  const head = /^---\r?\n(.*?)\r?\n---/s.exec(text)?.[1] ?? "";
  try {
    const value: unknown = parse(head, { maxAliasCount: 0 });
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // No front matter that can be read says nothing; the file may still be good.
    return {};
  }
}
