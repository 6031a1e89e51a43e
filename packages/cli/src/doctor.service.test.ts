import { dirname } from "node:path";
import { createTestRepository, type TestRepository } from "@aicd/code-index/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { examine } from "./doctor.ts";
import { baseEnv } from "./env.ts";

let repository: TestRepository;
beforeEach(async () => {
  repository = await createTestRepository();
});
afterEach(() => repository.remove());

async function run(): Promise<{ isWell: boolean; output: string }> {
  let output = "";
  const isWell = await examine({
    repo: dirname(repository.gitDir),
    env: baseEnv(),
    directory: "/",
    write: (text) => {
      output += text;
    },
  });
  return { isWell, output };
}

describe("aicd doctor", () => {
  it("shows what would be run, and where each command is from", async () => {
    await repository.commit({
      "package.json": '{"scripts":{"test":"node --test"},"devDependencies":{"a":"1"}}',
      ".github/workflows/ci.yml":
        "on: push\njobs: {unit: {runs-on: ubuntu-latest, steps: [{run: npm install}, {run: npm test}]}}\n",
    });

    const { output } = await run();

    expect(output).toMatch(/^git {6}git version/m);
    expect(output).toMatch(/^sandbox {2}(?:bwrap|process)/m);
    expect(output).toMatch(/install {2}npm install\n.*\.github\/workflows\/ci\.yml \(job unit\)/);
    expect(output).toMatch(/test {5}npm test\n.*\.github\/workflows\/ci\.yml \(job unit\)/);
  });

  it("names a program that is not here and the step that brings it", async () => {
    await repository.commit({ "mix.exs": "", "README.md": "x" });

    const { isWell, output } = await run();

    expect(isWell).toBe(false);
    expect(output).toContain("`mix` is not on this machine");
    expect(output).toContain("- uses: erlef/setup-beam@v1");
  });

  it("says where checks can be named when none are known", async () => {
    await repository.commit({ "README.md": "x" });

    const { isWell, output } = await run();

    expect(isWell).toBe(false);
    expect(output).toContain("No checks are known: say in `.github/aicd.yml`");
  });
});
