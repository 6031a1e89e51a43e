import { rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createTreeSearch } from "@aicd/code-index/tree";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepare } from "../checkout/prepare.ts";
import { createTree } from "../checkout/tree.ts";
import { PATH } from "../testing/env.ts";
import { createRepository, type TestRepository } from "../testing/repository.ts";

const FILES = {
  "src/http/retry.ts": [
    "const LONGEST_MS = 1000;",
    "",
    "export function parseRetryAfter(header: string): number {",
    "  return Math.min(Number(header) * 1000, LONGEST_MS);",
    "}",
    "",
    "export function sleep(ms: number): Promise<void> {",
    "  return new Promise((done) => setTimeout(done, ms));",
    "}",
    "",
  ].join("\n"),
  "src/http/client.ts": "import { sleep } from './retry.ts';\nexport const send = () => sleep(1);\n",
  "src/money.ts": "export const cents = (n: number) => Math.round(n * 100);\n",
  "test/retry.test.ts": "test('parseRetryAfter', () => parseRetryAfter('1'));\n",
  "node_modules/x/retry.js": "parseRetryAfter parseRetryAfter parseRetryAfter\n",
};
let repository: TestRepository;
beforeEach(async () => {
  repository = await createRepository(FILES);
});
afterEach(() => rm(dirname(repository.workspaceDir), { recursive: true, force: true }));

async function search() {
  const { workspaceDir, tempDir, sha } = repository;
  const start = { startSha: sha, baseSha: sha, gitEnv: {} };
  const { trusted } = await prepare({ workspaceDir, tempDir, path: PATH, ...start });
  return createTreeSearch(createTree(trusted, { root: workspaceDir, startSha: sha }));
}

describe("createTreeSearch", () => {
  it("finds a definition by the words an issue uses for it", async () => {
    const { search: find } = await search();

    const [first] = await find("The Retry-After header with a date is parsed wrongly", { limit: 3 });

    expect(first).toMatchObject({ path: "src/http/retry.ts", symbol: "parseRetryAfter", from: 3, to: 6 });
    expect(first?.reason).toContain("retry");
  });

  it("puts a file first that the question names, also by the end of a foreign path", async () => {
    const { search: find } = await search();

    const trace = await find('File "/home/ci/app/src/money.ts", line 1, sleep retry', { limit: 1 });

    expect(trace).toMatchObject([{ path: "src/money.ts" }]);
    expect(trace[0]?.reason).toContain("named in the question");
  });

  it("sees what was written since, and follows no link", async () => {
    const { search: find } = await search();
    await find("cents", { limit: 1 });

    await writeFile(join(repository.workspaceDir, "fresh.ts"), "export function quokka() {}\n");
    await symlink("/etc/passwd", join(repository.workspaceDir, "quokka"));

    expect((await find("quokka root", { limit: 5 })).map(({ path }) => path)).toEqual(["fresh.ts"]);
  });

  it("passes over installed packages and has no answer to noise", async () => {
    const { search: find } = await search();

    const paths = (await find("parseRetryAfter", { limit: 10 })).map(({ path }) => path);

    expect(paths[0]).toBe("src/http/retry.ts");
    expect(paths.toSorted()).toEqual(["src/http/client.ts", "src/http/retry.ts", "test/retry.test.ts"]);
    expect(await find("the of and 一", { limit: 10 })).toEqual([]);
  });
});
