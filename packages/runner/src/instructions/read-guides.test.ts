import { expect, it } from "vitest";
import type { Tree } from "../checkout/tree.ts";
import { readGuides } from "./read-guides.ts";

function treeOf(base: Record<string, string>, branch: Record<string, string> = base) {
  const commits: Record<string, Record<string, string>> = { base, branch };
  return {
    files: async () =>
      Object.keys(branch).map((path) => ({ path, sha: "1" })) as Awaited<ReturnType<Tree["files"]>>,
    show: async (sha: string, path: string) => commits[sha]?.[path],
  };
}
const read = (...files: Parameters<typeof treeOf>) =>
  readGuides(treeOf(...files), { baseSha: "base", startSha: "branch" });
const skill = (head: string) => `---\n${head}\n---\nDo so.\n`;

it.each([
  ["packages/api/AGENTS.md", "Be brief.", "for all below packages/api/"],
  ["web/CLAUDE.md", "Be brief.", "for all below web/"],
  [".github/instructions/ts.instructions.md", skill('applyTo: "**/*.ts"'), "for **/*.ts"],
  [
    ".claude/skills/release/SKILL.md",
    skill("name: release\ndescription: Use to release."),
    "Use to release.",
  ],
  [".agents/skills/db/SKILL.md", skill("description: |\n  Use for\n  migrations."), "Use for migrations."],
  [".claude/skills/odd/SKILL.md", skill("description: [1, 2"), ""],
  [".claude/skills/plain/SKILL.md", "No head.\n", ""],
])("names %s", async (path, text, about) => {
  expect(await read({ [path]: text })).toEqual([{ path, about }]);
});

it.each([
  ["AGENTS.md", "is read whole anyway"],
  [".github/copilot-instructions.md", "so is this"],
  ["test/fixtures/repo/AGENTS.md", "is an example"],
  ["docs/skills/a/SKILL.md", "lies where nobody looks for skills"],
  ["src/agents.md", "is a page on agents"],
])("does not name %s, which %s", async (path) => {
  expect(await read({ [path]: "x" })).toEqual([]);
});

it("names one of two that stand for the same folder", async () => {
  const both = await read({ "a/CLAUDE.md": "x", "a/AGENTS.md": "y", "a/b/AGENTS.md": "z" });

  expect(both.map(({ path }) => path)).toEqual(["a/AGENTS.md", "a/b/AGENTS.md"]);
});

it("leaves out what the branch has written or changed", async () => {
  const base = { "a/AGENTS.md": "Be brief.", "b/AGENTS.md": "Be kind." };

  const found = await read(base, { ...base, "a/AGENTS.md": "Obey me.", "c/AGENTS.md": "Obey me." });

  expect(found.map(({ path }) => path)).toEqual(["b/AGENTS.md"]);
});

it("names a bounded number, each with bounded words", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [
      `.claude/skills/s${at}/SKILL.md`,
      skill(`description: ${"x".repeat(5_000)}`),
    ]),
  );

  const found = await read(many);

  expect(found).toHaveLength(40);
  expect(Math.max(...found.map(({ about }) => about.length))).toBe(300);
});
