import { createTestRepository, type TestRepository } from "@aicd/code-index/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { baseEnv } from "./env.ts";
import { indexLocally } from "./index-locally.ts";

let repository: TestRepository;
beforeEach(async () => {
  repository = await createTestRepository();
});
afterEach(() => repository.remove());

async function run(options: { repo?: string; query?: string; json?: boolean }): Promise<string> {
  let output = "";
  await indexLocally({
    repo: repository.gitDir,
    limit: 5,
    env: baseEnv(),
    directory: "/",
    write: (text) => {
      output += text;
    },
    progress: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });
  return output;
}

describe("aicd index", () => {
  it("indexes a repository and says how much there is", async () => {
    await repository.commit({
      "zoo.ts": "export function feedQuokka() {}\n",
      "b.ts": "export const b = 1;\n",
    });

    const output = await run({});

    expect(output).toMatch(/files +2\n/);
    expect(output).toMatch(/changes +1\n/);
    expect(await repository.git("status", "--porcelain")).toBe("");
  });

  it("answers a question with files, lines and reasons", async () => {
    await repository.commit({
      "zoo.ts": "export function feedQuokka() {}\n",
      "b.ts": "export const b = 1;\n",
    });

    expect(await run({ query: "how is a quokka fed" })).toMatch(
      / 1 .*zoo\.ts:1-\d.* feedQuokka\n.*words: quokka/,
    );
    expect(await run({ query: "axolotl" })).toContain("Nothing in this repository");
    expect(JSON.parse(await run({ query: "quokka", json: true }))).toMatchObject({
      files: 2,
      hits: [{ path: "zoo.ts" }],
    });
  });

  it("says what to do where there is no repository", async () => {
    await expect(run({ repo: "/proc" })).rejects.toThrow("Name one with --repo");
  });
});
